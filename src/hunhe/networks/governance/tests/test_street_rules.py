"""Rules of place and routing, for any place and any routing."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.org.shapes import Post
from hunhe.networks.governance import content
from hunhe.networks.governance.rules import (
    box,
    distance_m,
    is_near,
    is_same,
    level_at,
    name_at,
    owner_of,
    posts_in_charge,
    serves,
    suggestions,
)
from hunhe.networks.governance.shapes import Level, Spot, Team, Why

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
RADIUS, WINDOW = 20.0, timedelta(hours=2)
lons = st.floats(-179, 179, allow_nan=False)
lats = st.floats(-80, 80, allow_nan=False)
kinds = st.sampled_from(["c0102", "c0103", "c0120", "e0102", "e0501", "x9999"])
codes = st.sampled_from(["210102", "210103", "210102001", "210103004001"])
starts = st.lists(st.sampled_from(["c", "c01", "c0103", "e", "e05", "e0501"]), min_size=1, max_size=3).map(tuple)
areas = st.lists(st.sampled_from(["2101", "210102", "210103"]), max_size=2).map(tuple)


def spots(lon: float, lat: float, away: float = 0.0, minutes: float = 0, component: str = "", kind: str = "c0103") -> Spot:
    return Spot(kind=kind, lon=lon, lat=lat + away / 111_195, at=NOW + timedelta(minutes=minutes), component=component)


@given(lons, lats, st.floats(0, 60), st.floats(-240, 240))
def test_the_same_is_near_and_soon_and_nothing_else(lon: float, lat: float, away: float, minutes: float) -> None:
    assume(abs(away - RADIUS) > 0.1)
    one, other = spots(lon, lat), spots(lon, lat, away, minutes)
    assert is_same(one, other, RADIUS, WINDOW) == (away < RADIUS and abs(minutes) <= 120)
    assert is_same(one, other, RADIUS, WINDOW) == is_same(other, one, RADIUS, WINDOW)


@given(lons, lats, st.floats(0, 19), st.sampled_from(["", "a", "b"]), st.sampled_from(["", "a", "b"]))
def test_two_components_are_never_one_and_an_unknown_one_may_be(
    lon: float, lat: float, away: float, first: str, second: str
) -> None:
    same = is_same(spots(lon, lat, component=first), spots(lon, lat, away, component=second), RADIUS, WINDOW)
    assert same == (not first or not second or first == second)


@given(lons, lats, kinds, kinds)
def test_two_classes_are_never_one(lon: float, lat: float, first: str, second: str) -> None:
    assert is_same(spots(lon, lat, kind=first), spots(lon, lat, kind=second), RADIUS, WINDOW) == (first == second)


@given(lons, lats, st.floats(-0.01, 0.01), st.floats(-0.01, 0.01), st.floats(1, 500))
def test_whatever_lies_within_the_radius_lies_in_the_box(
    lon: float, lat: float, east: float, north: float, radius: float
) -> None:
    assume(distance_m(lon, lat, lon + east, lat + north) <= radius)
    west_edge, south_edge, east_edge, north_edge = box(lon, lat, radius)
    assert west_edge <= lon + east <= east_edge
    assert south_edge <= lat + north <= north_edge


@given(lons, lats, lons, lats)
def test_distance_is_the_same_both_ways_and_none_at_home(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> None:
    assert distance_m(lon_a, lat_a, lon_b, lat_b) == distance_m(lon_b, lat_b, lon_a, lat_a)
    assert distance_m(lon_a, lat_a, lon_a, lat_a) == 0
    assert is_near(distance_m(lon_a, lat_a, lon_a, lat_a), 1)


team_lists = st.lists(
    st.builds(
        Team,
        id=st.sampled_from(["a", "b", "c", "d"]),
        name=st.just("队"),
        department=st.just("urban_management"),
        post=st.just("urban_management.fixer"),
        does=starts,
        areas=areas,
        lon=st.none() | lons,
        lat=st.none() | lats,
    ),
    max_size=4,
    unique_by=lambda team: team.id,
)
TERRITORY = Team(id="territory", name="属地", department="urban_management", post="urban_management.fixer")


route_lists = st.lists(st.tuples(starts, st.sampled_from(["a", "b", "c", "d"])), max_size=5)
crews = st.dictionaries(st.sampled_from(["a", "b", "c", "d", "territory"]), st.integers(0, 9))


@given(kinds, st.lists(codes, min_size=1, max_size=3), team_lists, route_lists, crews, crews)
def test_somebody_always_goes_and_the_owner_comes_first(
    kind: str,
    divisions: list[str],
    teams: list[Team],
    routes: list[tuple[tuple[str, ...], str]],
    on_hand: dict[str, int],
    members: dict[str, int],
) -> None:
    known = {team.id: team for team in [*teams, TERRITORY]}
    found = suggestions(kind, divisions, (123.4, 41.8), known, routes, "territory", on_hand, members)
    owner = owner_of(kind, divisions, routes, known)
    assert [one.team.id for one in found].count("territory") == 1
    assert len({one.team.id for one in found}) == len(found)
    assert [bool(one.members) for one in found] == sorted((bool(one.members) for one in found), reverse=True), "empty ones last"
    for crew in ([one for one in found if one.members], [one for one in found if not one.members]):
        ranks = [(Why.OWNER, Why.ABLE, Why.TERRITORY).index(one.why) for one in crew]
        assert ranks == sorted(ranks)
    assert [one.team.id for one in found if one.why is Why.OWNER] == ([owner] if owner and owner != "territory" else [])
    for one in found:
        if one.why is Why.ABLE:
            assert any(kind.startswith(start) for start in one.team.does)
        if one.why is not Why.TERRITORY:
            assert serves(one.team, divisions)


@given(kinds, st.lists(codes, min_size=1, max_size=3), team_lists, route_lists)
def test_the_first_route_that_fits_decides(
    kind: str, divisions: list[str], teams: list[Team], routes: list[tuple[tuple[str, ...], str]]
) -> None:
    known = {team.id: team for team in teams}
    fitting = [
        team
        for classes, team in routes
        if any(kind.startswith(start) for start in classes)
        and team in known
        and (not known[team].areas or any(code.startswith(area) for code in divisions for area in known[team].areas))
    ]
    assert owner_of(kind, divisions, routes, known) == (fitting[0] if fitting else "")


def level(name: str, minutes: int, division: str = "district") -> Level:
    return Level(id=name, name=name, division=division, after=timedelta(minutes=minutes), department="d", role="chief")


@given(st.lists(st.integers(0, 500), min_size=1, max_size=5, unique=True).map(sorted), st.integers(-100, 700))
def test_a_problem_is_before_the_last_level_whose_minutes_are_over(minutes: list[int], late: int) -> None:
    levels = [level(str(number), after) for number, after in enumerate(minutes)]
    seen, then = level_at(levels, NOW, NOW + timedelta(minutes=late))
    over = [after for after in minutes if after <= late]
    assert seen == (levels[len(over) - 1] if over else None)
    assert then == (NOW + timedelta(minutes=minutes[len(over)]) if len(over) < len(minutes) else None)


def test_a_level_names_its_division() -> None:
    names = ("沈河区", "泉园街道")
    assert name_at(level("区", 0), names) == "区 沈河区"
    assert name_at(level("市", 0, "city"), names) == "市"
    assert name_at(level("路长", 0, "community"), names) == "路长", "no community there"


def post(code: str, *areas: str) -> Post:
    return Post(f"d.chief.{code}", "d", "chief", code, areas=areas)


def test_a_level_is_led_by_the_post_of_its_division_or_of_the_next_larger_one() -> None:
    divisions = ("210103", "210103020", "210103020024")
    street, district, city = post("street", "210103020"), post("district", "210102", "210103"), post("city")
    elsewhere = post("elsewhere", "210104")

    def led(division: str, *posts: Post) -> tuple[Post, ...]:
        return posts_in_charge(level("x", 0, division), divisions, posts)

    every = (street, district, city, elsewhere)
    assert led("community", *every) == led("street", *every) == (street,)
    assert led("district", *every) == (district,)
    assert led("city", *every) == (city,)
    assert led("street", elsewhere, city) == (city,)
    assert led("street", elsewhere) == ()
    assert led("street", Post("e.chief", "e", "chief", "another department's")) == ()


LEVELS = """id = "levels"
name = "x"
owner = "urban_management"
basis = "x"
valid_from = 2026-01-01
[[levels]]
id = "a"
name = "a"
division = "street"
after_minutes = 30
department = "d"
role = "chief"
[[levels]]
id = "b"
name = "b"
division = "city"
after_minutes = 15
department = "d"
role = "chief"
"""


def test_levels_that_do_not_rise_are_doubted() -> None:
    def doubts(text: str) -> list[str]:
        file = ContentFile.parsed("networks/governance/levels.toml", "city", text)
        return [doubt.key for doubt in content.check((file,))]

    assert doubts(LEVELS) == ["levels[1].after_minutes"]
    assert doubts(LEVELS.replace("15", "45")) == []
    assert doubts(LEVELS.replace("15", "45").replace('id = "b"', 'id = "a"')) == ["levels[1].id"]
