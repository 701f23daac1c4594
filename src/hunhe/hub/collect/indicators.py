"""What collection counts: batches, rows, the share held back; and what of its day is worth a look."""

from collections.abc import Callable, Iterator

from hunhe.hub.collect import tally
from hunhe.hub.collect.shapes import Arrivals, BatchState, DatasetArrivals
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import MOST_HAPPENINGS, Happening, Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.ui.pages import link

FRESH = 86_400
"""Batches come by cycle, mostly once a day: only a day without any is stale."""
MUCH = 0.02
"""Share of rows held back that is worth a look."""
OWNER = "data_bureau"

BATCHES = Indicator(
    id="collect.batches_today",
    name=msgid("Batches arrived"),
    caliber=msgid("Batches that arrived since 00:00, failed ones too; a file sent again with the same bytes does not count."),
    unit=msgid("batches"),
    numerator=msgid("batches begun today"),
    owner=OWNER,
    may="collect.may_see_batches",
    fresh=FRESH,
    river=True,
)
LOADED = Indicator(
    id="collect.rows_loaded_today",
    name=msgid("Rows loaded"),
    caliber=msgid(
        "Rows of today's batches that passed every check and were loaded; rows held back and duplicates do not count."
    ),
    unit=msgid("rows"),
    numerator=msgid("rows loaded today"),
    owner=OWNER,
    may="collect.may_see_batches",
    fresh=FRESH,
)
QUARANTINE_RATE = Indicator(
    id="collect.quarantine_rate_today",
    name=msgid("Quarantine rate"),
    caliber=msgid(
        "Rows held back by a rule, of all rows of today's batches that were checked; batches that failed do not count."
    ),
    unit="%",
    numerator=msgid("rows held back today"),
    denominator=msgid("rows checked today"),
    owner=OWNER,
    may="collect.may_see_batches",
    fresh=FRESH,
    kind="share",
)
SYSTEMS = Indicator(
    id="collect.systems_now",
    name=msgid("Systems collected from"),
    caliber=msgid("Departments' systems with a contract in force; a system with several datasets counts once."),
    unit=msgid("systems"),
    numerator=msgid("systems with a contract"),
    period="now",
    owner=OWNER,
    may="collect.may_see_batches",
)
DEPARTMENTS = Indicator(
    id="collect.departments_now",
    name=msgid("Departments collected from"),
    caliber=msgid("Departments with at least one system under contract, each counted once."),
    unit=msgid("departments"),
    numerator=msgid("departments with a system"),
    period="now",
    owner=OWNER,
    may="collect.may_see_batches",
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=SYSTEMS, read=_systems)
    indicators.register_indicator(who=start, indicator=DEPARTMENTS, read=_departments)
    indicators.register_indicator(who=start, indicator=BATCHES, read=_batches)
    indicators.register_indicator(who=start, indicator=LOADED, read=_loaded)
    indicators.register_indicator(who=start, indicator=QUARANTINE_RATE, read=_quarantine_rate)
    indicators.register_happenings(who=start, room="collect", read=_happenings)


def _arrivals(span: Span) -> Arrivals:
    return span.once("collect.arrivals", lambda: tally.arrivals(span.start, span.end))


def _batches(who: Who, span: Span) -> Reading:
    found = _arrivals(span)
    lines = tuple(_line(one, one.batches) for one in found.datasets)
    return _reading(found, lines, span.by_slot((at, batches) for at, batches, _ in found.per_ten_minutes))


def _loaded(who: Who, span: Span) -> Reading:
    found = _arrivals(span)
    lines = tuple(_line(one, one.loaded) for one in found.datasets)
    return _reading(found, lines, span.by_slot((at, rows) for at, _, rows in found.per_ten_minutes))


def _quarantine_rate(who: Who, span: Span) -> Reading:
    found = _arrivals(span)
    return _reading(found, tuple(_line(one, one.quarantined, one.source_rows) for one in found.datasets if one.source_rows), {})


def _systems(who: Who, span: Span) -> Reading:
    return Reading(lines=_by_department(span, len), as_of=span.now)


def _departments(who: Who, span: Span) -> Reading:
    return Reading(lines=_by_department(span, lambda systems: 1), as_of=span.now)


def _by_department(span: Span, count: Callable[[set[str]], int]) -> tuple[Line, ...]:
    found = span.once("collect.systems", tally.systems)
    label, url = msgid("systems with a contract"), link("collect:batches")
    return tuple(
        Line(label=label, department=department, value=count(systems), url=url) for department, systems in found.items()
    )


def _reading(found: Arrivals, lines: tuple[Line, ...], slots: dict[int, int]) -> Reading:
    return Reading(lines=lines, as_of=max((one.last_at for one in found.datasets), default=None), slots=slots)


def _line(one: DatasetArrivals, value: int, whole: int = 0) -> Line:
    pages = link("collect:batches")
    url = f"{pages}?dataset={one.dataset}" if pages else ""
    return Line(label=one.name, department=one.department, value=value, whole=whole, at=one.last_at, url=url)


def _happenings(who: Who, span: Span) -> Iterator[Happening]:
    for name, batch in tally.finished(span.start, span.end, MOST_HAPPENINGS):
        if batch.finished_at is None:
            continue
        held, rows = batch.quarantined or 0, batch.source_rows or 0
        params = {"name": name, "seq": batch.seq}
        label, url = msgid("%(name)s, batch %(seq)s"), link("collect:batch", batch.id)
        if batch.state == BatchState.FAILED:
            note = msgid("The whole batch stayed out.")
            yield Happening(at=batch.finished_at, label=label, note=note, kind="late", url=url, params=params)
        elif rows and held / rows > MUCH:
            note, params = msgid("%(n)s rows held back"), params | {"n": words.number(held)}
            yield Happening(at=batch.finished_at, label=label, note=note, kind="you", url=url, params=params)
        else:
            note, params = msgid("%(n)s rows loaded"), params | {"n": words.number(batch.loaded or 0)}
            yield Happening(at=batch.finished_at, label=label, note=note, url=url, params=params)
