from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.portals.cockpit.drawings import bounds, day_river, shade
from hunhe.portals.cockpit.parts.span import Span

START = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20), st.floats(0, 1))
def test_the_river_ends_at_now(slots: list[int], part: float) -> None:
    river = day_river(slots, part)
    assert river.x == pytest.approx(part * 100)
    assert river.course.split("L")[-1].split(" ")[0] == river.ahead[1:].split(" ")[0]


@given(st.lists(st.integers(0, 10_000_000), max_size=30))
def test_shades_rise_with_the_number(values: list[int]) -> None:
    limits = bounds(values)
    assert limits == sorted(set(limits))
    ordered = [shade(value, limits) for value in sorted(values)]
    assert ordered == sorted(ordered)


def test_the_course_is_a_running_total() -> None:
    span = Span(START, START + timedelta(days=1), START + timedelta(hours=2))
    slots = span.by_slot([(START, 2), (START + timedelta(minutes=9, seconds=59), 1), (START + timedelta(minutes=100), 4)])
    assert slots == {0: 3, 10: 4}
    course = span.course(slots)
    assert course[0] == 0
    assert course[-1] == 7
    assert list(course) == sorted(course)


@pytest.mark.parametrize(("minutes", "slot"), [(-5, 0), (0, 0), (9, 0), (10, 1), (1439, 143), (2000, 143)])
def test_moments_outside_the_day_stay_at_its_ends(minutes: int, slot: int) -> None:
    assert Span(START, START + timedelta(days=1), START).slot(START + timedelta(minutes=minutes)) == slot
