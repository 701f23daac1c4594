"""Warnings follow from readings alone: examples of each rule, and any order, batching and repetition gives the same."""

from bisect import insort
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from hunhe.hub.telemetry.rules.spells import Spell, Terms, judge, level_of, rejudge

HOUR = 60
TERMS = Terms(150, 3, 3 * HOUR)


def series(*values: float | None, start: int = 0) -> list[tuple[int, float]]:
    """Hourly readings; None: no reading at that hour."""
    return [(start + hour * HOUR, value) for hour, value in enumerate(values) if value is not None]


def hours(spells: Iterable[Spell]) -> list[tuple[str, float, float | None, float | None]]:
    return [(spell.kind, spell.start / HOUR, None if spell.end is None else spell.end / HOUR, spell.peak) for spell in spells]


def test_the_third_in_a_row_opens_and_the_first_calm_one_closes() -> None:
    assert hours(judge(series(151, 300, 152, 160, 150, 400), TERMS)) == [("over", 2, 4, 300)]


def test_the_threshold_itself_is_not_over() -> None:
    assert judge(series(151, 151, 150, 151, 151, 150.0), TERMS) == []


def test_hours_without_reading_do_not_break_a_row_until_the_gap() -> None:
    assert hours(judge(series(151, None, None, 160, None, 155, 10), TERMS)) == [("over", 5, 6, 160)]


def test_more_than_three_hours_break_a_row_and_are_offline() -> None:
    assert hours(judge(series(151, 160, None, None, None, 155, 170, 10), TERMS)) == [("offline", 1, 5, None)]


def test_exactly_three_hours_do_not_break() -> None:
    assert hours(judge(series(151, 160, None, None, 155, 10), TERMS)) == [("over", 4, 5, 160)]


def test_a_gap_closes_an_open_warning_at_the_reading_before_it() -> None:
    found = hours(judge(series(151, 160, 170, 180, None, None, None, 190, 191, 192), TERMS))
    assert found == [("over", 2, 3, 180), ("offline", 3, 7, None), ("over", 9, None, 192)]


def test_a_warning_whose_third_reading_stands_before_the_gap_has_no_length() -> None:
    assert hours(judge(series(200, 210, 205, None, None, None, 10), TERMS)) == [("over", 2, 2, 210), ("offline", 2, 6, None)]


def test_at_the_end_of_the_series_an_open_warning_has_no_end() -> None:
    assert hours(judge(series(10, 200, 190, 180), TERMS)) == [("over", 3, None, 200)]


def test_silence_by_the_clock_is_offline_and_never_normal() -> None:
    assert hours(judge(series(10, 200, 190, 180), TERMS, now=6 * HOUR)) == [("over", 3, None, 200)]
    assert hours(judge(series(10, 200, 190, 180), TERMS, now=6 * HOUR + 1)) == [("over", 3, 3, 200), ("offline", 3, None, None)]


def test_levels_by_peak() -> None:
    ladder = (("blue", 150.0), ("yellow", 250.0), ("red", 500.0))
    assert [level_of(peak, ladder) for peak in (151, 250, 250.5, 501, 10)] == ["blue", "blue", "yellow", "red", "blue"]


class Book:
    """Readings kept as the tables keep them: each time once, the first value stands."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float]] = []
        self.spells: list[Spell] = []

    def calm_before(self, at: int, threshold: float) -> int | None:
        return max((time for time, value in self.rows if time < at and value <= threshold), default=None)

    def calm_after(self, at: int, threshold: float) -> int | None:
        return min((time for time, value in self.rows if time > at and value <= threshold), default=None)

    def between(self, after: int | None, until: int | None) -> list[tuple[int, float]]:
        return [row for row in self.rows if (after is None or row[0] > after) and (until is None or row[0] <= until)]

    def take(self, batch: list[tuple[int, float]], terms: Terms, now: int | None) -> None:
        known = {time for time, _ in self.rows}
        new = {}
        for time, value in batch:
            if time not in known:
                new.setdefault(time, value)
        if not new:
            return
        for row in new.items():
            insort(self.rows, row)
        verdict = rejudge(self, terms, min(new), max(new), now)
        kept = [spell for spell in self.spells if not verdict.covers(spell.start)]
        self.spells = sorted([*kept, *verdict.spells], key=lambda spell: (spell.start, spell.kind != "over"))


values = st.sampled_from([10.0, 149.0, 150.0, 150.5, 151.0, 180.0, 240.0, 600.0])
times = st.integers(0, 40).map(lambda hour: hour * HOUR)
readings = st.dictionaries(times, values, min_size=1, max_size=41)


@given(kept=readings, data=st.data(), consecutive=st.integers(1, 4), gap=st.integers(1, 5), now=st.none() | st.integers(41, 60))
@settings(max_examples=400, deadline=None)
def test_any_order_batching_and_repetition_gives_the_warnings_of_the_series_in_order(
    kept: dict[int, float], data: st.DataObject, consecutive: int, gap: int, now: int | None
) -> None:
    terms = Terms(150, consecutive, gap * HOUR)
    moment = None if now is None else now * HOUR
    sent = data.draw(st.permutations([*kept.items(), *data.draw(st.lists(st.sampled_from(sorted(kept.items())), max_size=20))]))
    book = Book()
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        book.take(sent[:size], terms, moment)
        sent = sent[size:]
    whole = sorted(judge(sorted(kept.items()), terms, moment), key=lambda spell: (spell.start, spell.kind != "over"))
    assert book.spells == whole


@given(kept=readings, cut=st.integers(0, 41))
@settings(max_examples=200, deadline=None)
def test_a_series_that_grows_only_changes_at_its_end(kept: dict[int, float], cut: int) -> None:
    """What closed before a calm reading stays, whatever comes after it."""
    rows = sorted(kept.items())
    early = [row for row in rows if row[0] <= cut * HOUR]
    done = [spell for spell in judge(early, TERMS) if spell.end is not None]
    assert judge(rows, TERMS)[: len(done)] == done
