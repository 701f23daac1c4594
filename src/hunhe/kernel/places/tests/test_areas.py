"""Every point lies in exactly one area and one cell; every cell in one community."""

import random
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.city import actions as city
from hunhe.kernel.city.shapes import parse_divisions
from hunhe.kernel.places import content, queries
from hunhe.kernel.places.grid import STEPS, Frame
from hunhe.kernel.places.layout import BOX, Node, find, lay_out
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
SHENYANG = Path(settings.HUNHE_CITY) / "kernel/places"
WEST, SOUTH, EAST, NORTH = 122.419, 41.197, 123.807, 43.037


@pytest.fixture
def applied_city(db: None) -> None:
    city.apply_city(who=SYSTEM, folder=Path(settings.HUNHE_CITY))


def hints(folder: Path) -> dict[str, tuple[int, int]]:
    import tomllib

    seeds = tomllib.loads((folder / "sketch.toml").read_text())["seeds"]
    return {code: (x * BOX // 1000, y * BOX // 1000) for code, (x, y) in seeds.items()}


def nodes(districts: tuple[Node, ...]) -> list[Node]:
    return [one for node in districts for one in (node, *nodes(node.children))]


def holders(level: tuple[Node, ...], point: tuple[int, int]) -> list[Node]:
    """All divisions of one level that have the point by the stated rule, found the slow way."""
    away = [(node.seed[0] - point[0]) ** 2 + (node.seed[1] - point[1]) ** 2 for node in level]
    nearest = min(away)
    return [node for n, node in enumerate(level) if away[n] == nearest and nearest not in away[:n]]


def test_ten_thousand_points_and_a_thousand_on_edges_lie_in_one_area_each(applied_city: None) -> None:
    dice = random.Random(7)
    points = [(dice.uniform(WEST, EAST), dice.uniform(SOUTH, NORTH)) for _ in range(10_000)]
    columns, rows = 1388, 1840
    for _ in range(500):  # on a vertical edge, on a horizontal edge, frame's rim included
        points.append((round(WEST + dice.randint(0, columns) / 1000, 3), dice.uniform(SOUTH, NORTH)))
        points.append((dice.uniform(WEST, EAST), round(SOUTH + dice.randint(0, rows) / 1000, 3)))
    community_of_cell: dict[str, str] = {}
    for (lon, lat), area in zip(points, queries.areas_of(who=SYSTEM, points=points), strict=True):
        assert [len(place.code) for place in area.divisions] == [6, 9, 12]
        x, y = round(lon * STEPS), round(lat * STEPS)
        west, south = round(area.cell.west * STEPS), round(area.cell.south * STEPS)
        east, north = round(area.cell.east * STEPS), round(area.cell.north * STEPS)
        assert west <= x < east or (x == east == round(EAST * STEPS))
        assert south <= y < north or (y == north == round(NORTH * STEPS))
        assert community_of_cell.setdefault(area.cell.id, area.smallest.code) == area.smallest.code


def test_each_cell_has_one_holder_on_each_level() -> None:
    districts = lay_out(parse_divisions((SHENYANG / "divisions.csv").read_text()), hints(SHENYANG))
    frame = Frame.of_degrees(WEST, SOUTH, EAST, NORTH, 0.001)
    dice = random.Random(11)
    for _ in range(2_000):
        point = frame.middle(dice.randrange(1388), dice.randrange(1840))
        level = districts
        for found in find(districts, point):
            assert holders(level, point) == [found]
            level = found.children


def test_every_division_of_the_city_has_cells_of_its_own() -> None:
    rows = parse_divisions((SHENYANG / "divisions.csv").read_text())
    districts = lay_out(rows, hints(SHENYANG))
    below_city = [row for row in rows if row.level in ("district", "street", "community")]
    assert len(nodes(districts)) == len(below_city) == 13 + 190 + 2703
    frame = Frame.of_degrees(WEST, SOUTH, EAST, NORTH, 0.001)
    empty = []
    for node in nodes(districts):
        lon = WEST + node.seed[0] / BOX * (EAST - WEST)
        lat = NORTH - node.seed[1] / BOX * (NORTH - SOUTH)
        cell = frame.cell_of(lon, lat)
        assert cell is not None
        if node not in find(districts, frame.middle(*cell)):
            empty.append(node.name)
    assert empty == []


@given(st.floats(-181, 181), st.floats(-91, 91))
def test_a_point_has_a_cell_exactly_inside_the_frame(lon: float, lat: float) -> None:
    frame = Frame.of_degrees(-120, -60, 120, 60, 0.5)
    inside = -120 <= round(lon, 7) <= 120 and -60 <= round(lat, 7) <= 60
    cell = frame.cell_of(lon, lat)
    assert (cell is not None) == inside
    assert cell is None or (0 <= cell[0] < 480 and 0 <= cell[1] < 240)


def test_the_edge_belongs_to_the_cell_east_and_north_of_it() -> None:
    frame = Frame.of_degrees(0, 0, 1, 1, 0.25)
    assert frame.cell_of(0.25, 0.5) == (1, 2)
    assert frame.cell_of(0.2499999, 0.4999999) == (0, 1)
    assert frame.cell_of(1, 1) == (3, 3)
    assert frame.shape(1, 2).id == "g2500.1.2"


@pytest.mark.parametrize("frame", [(0, 0, 1, 1, 0.3), (1, 0, 0, 1, 0.5), (0, 0, 1, 91, 1), (0, 0, 1, 1, 0)])
def test_a_frame_that_holds_no_whole_cells_is_refused(frame: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"cell|earth"):
        Frame.of_degrees(*frame)


@pytest.mark.parametrize("point", [(0.0, 0.0), (float("nan"), 42.0), (float("inf"), 42.0), (123.0, 43.0370001)])
def test_a_point_outside_is_in_no_area(applied_city: None, point: tuple[float, float]) -> None:
    with pytest.raises(NotFound):
        queries.area_of(who=SYSTEM, lon=point[0], lat=point[1])


def test_many_areas_cost_one_query(applied_city: None, django_assert_num_queries) -> None:
    queries.area_of(who=SYSTEM, lon=123.4, lat=41.8)
    with django_assert_num_queries(1):
        queries.areas_of(who=SYSTEM, points=[(123.4, 41.8)] * 50)


def test_content_reads_hints(db: None) -> None:
    entry = content.SketchEntry(west=0, south=0, east=1, north=1, cell=0.5)
    assert entry.frame() == Frame(0, 0, STEPS, STEPS, STEPS // 2)
