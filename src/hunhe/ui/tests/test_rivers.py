import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.ui import rivers
from hunhe.ui.drawings import draw_river, draw_spark, draw_trunk, draw_volume
from hunhe.ui.shapes import Branch, Side, Step, Stop

STATES = st.sampled_from(["done", "now", "ahead", "waiting", "late"])


@given(st.lists(STATES, min_size=2, max_size=12))
def test_a_river_is_whole(states: list[str]) -> None:
    """Every stretch begins where the one before ended; the ends are 0 and 100."""
    drawn = draw_river([Step("x", state) for state in states])
    xs = [[float(x) for x in re.findall(r"[ML]([\d.]+) ", stretch.path)] for stretch in drawn["stretches"]]
    assert xs[0][0] == 0
    assert xs[-1][-1] == 100
    assert all(before[-1] == after[0] for before, after in itertools.pairwise(xs))
    kinds = [stretch.kind for stretch in drawn["stretches"]]
    assert all(before != after for before, after in itertools.pairwise(kinds))


def test_the_bead_stands_at_the_step_that_is_now() -> None:
    drawn = draw_river([Step("a", "done"), Step("b", "now"), Step("c", "ahead")])
    assert [(node["x"], node["step"].state) for node in drawn["nodes"]] == [
        ("0.00", "done"),
        ("50.00", "now"),
        ("100.00", "ahead"),
    ]
    assert [stretch.kind for stretch in drawn["stretches"]] == ["past", "ahead"]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_volume_widths_are_to_scale_and_never_vanish(values: list[int]) -> None:
    drawn = draw_volume([Stop("x", value) for value in values], None)
    widths = []
    for node in drawn["nodes"]:
        top, bottom = re.findall(r" ([\d.]+)V([\d.]+)", node["gate"])[0]
        widths.append(float(bottom) - float(top))
    assert all(width >= 3.8 for width in widths)
    if max(values):
        assert widths[values.index(max(values))] == pytest.approx(66, abs=0.2)


@pytest.mark.parametrize(("quarantined", "thick"), [(1_000, "4.0"), (500_000, "33.0")])
def test_a_branch_keeps_four_pixels(quarantined: int, thick: str) -> None:
    stops = [Stop("x", 1_000_000), Stop("y", 1_000_000), Stop("z", 999_000)]
    assert draw_volume(stops, Side("quarantined", quarantined, 1))["thick"] == thick


def test_nothing_leaves_when_nothing_is_quarantined() -> None:
    assert draw_volume([Stop("x", 10)], Side("quarantined", 0, 0))["side"] is None


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_branches_have_lanes_of_their_own(count: int) -> None:
    lanes = rivers.lanes(count)
    assert len(set(lanes)) == count
    assert all(10 <= lane <= 90 for lane in lanes)
    branches = tuple(Branch(str(index), "done", "ok", "done") for index in range(count))
    rows = draw_trunk([Step("a", "done", branches=branches), Step("b", "ahead")])["rows"]
    assert [row["branch"].label for row in rows if row.get("branch")] == [str(index) for index in range(count)]
    assert sum(1 for row in rows if row.get("gap")) == 2


@given(st.lists(st.floats(-1e6, 1e6), max_size=40))
def test_sparks_stay_inside(values: list[float]) -> None:
    drawn = draw_spark(values)
    for y in re.findall(r" (-?[\d.]+)", drawn["path"]):
        assert 0 <= float(y) <= 44
