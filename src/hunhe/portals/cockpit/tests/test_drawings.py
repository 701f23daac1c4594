import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.portals.cockpit.drawings import bounds, day_river, shade


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


def test_what_happens_in_these_ten_minutes_widens_the_river() -> None:
    slots = [0] * 144
    slots[9] = 100
    flat, wide = day_river([0] * 144, 9.3 / 144), day_river(slots, 9.3 / 144)
    assert flat.body != wide.body
