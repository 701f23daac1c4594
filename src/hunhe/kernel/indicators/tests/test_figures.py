"""Values are sums of lines; readings are shared, age, and survive a room that fails."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.indicators import actions, counting, queries, registry
from hunhe.kernel.indicators.shapes import MOST_HAPPENINGS, Figure, Happening, Indicator, Line, Reading, Span
from hunhe.stone import clock
from hunhe.stone.errors import Denied, Invalid, NotFound, Unauthenticated
from hunhe.stone.who import Who

START = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
SYSTEM = Who.system("test")
pytestmark = pytest.mark.django_db
LEADER = Who(id="act_leader", kind="official", department="data_bureau", may=frozenset({"indicators.may_see"}))


def definition(**changes: Any) -> Indicator:
    made = {"id": "test.things_today", "name": "n", "caliber": "c", "unit": "u", "numerator": "x", "owner": "data_bureau"}
    return Indicator(**made | changes)


@pytest.fixture(autouse=True)
def own_registry(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers and counts is forgotten after it. A city is applied before, while all rooms count."""
    if "prepared_city" in request.fixturenames:
        request.getfixturevalue("prepared_city")
    monkeypatch.setattr(registry, "indicators", {})
    monkeypatch.setattr(registry, "happenings", {})
    monkeypatch.setattr(registry, "families", {})
    monkeypatch.setattr(registry, "greyings", {})
    yield
    counting.forget()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Moves the city's clock to so many seconds after the start of a day."""
    yield lambda seconds: clock.install(lambda: START + timedelta(seconds=seconds))
    clock.install(None)


class Counter:
    """A room that counts how often it is asked."""

    def __init__(self, indicator: Indicator) -> None:
        self.asked, self.lines, self.broken = 0, (Line(label="a", value=3, whole=10), Line(label="b", value=1, whole=30)), False
        actions.register_indicator(who=SYSTEM, indicator=indicator, read=self.read)

    def read(self, who: Who, span: Span) -> Reading:
        self.asked += 1
        if self.broken:
            raise RuntimeError("the room is on fire")
        return Reading(lines=self.lines, as_of=span.now, slots={0: 2, 3: 2})


def figure(name: str = "test.things_today") -> Figure:
    return queries.indicator(who=LEADER, id=name)


def test_a_count_is_the_sum_and_a_share_the_sum_by_the_sum(at: Any) -> None:
    at(3600)
    Counter(definition())
    Counter(definition(id="test.share_today", kind="share", denominator="y"))
    assert figure().value == 4
    assert figure("test.share_today").value == 4 / 40
    assert figure().reading.values[-1] == 4


def test_a_share_of_nothing_is_nothing(at: Any) -> None:
    Counter(definition(kind="share", denominator="y")).lines = ()
    assert figure().value is None


def test_who_looks_within_seconds_shares_one_reading(at: Any, settings: Any) -> None:
    settings.HUNHE_SHARED_SECONDS = 2
    room = Counter(definition())
    for seconds, asked in ((100, 1), (101.9, 1), (102, 2), (103.9, 2), (90, 3)):
        at(seconds)
        assert figure().value == 4
        assert room.asked == asked, seconds


def test_a_new_day_shares_nothing_with_the_old(at: Any, settings: Any) -> None:
    settings.HUNHE_SHARED_SECONDS = 2
    room = Counter(definition())
    at(86_399.5)
    figure()
    at(86_400)
    figure()
    assert room.asked == 2


def test_a_room_that_fails_leaves_the_old_figure_marked(at: Any) -> None:
    at(100)
    room = Counter(definition())
    good = Counter(definition(id="test.good_today"))
    assert not figure().is_stale(clock.now())
    room.broken = True
    at(160)
    old = figure()
    assert (old.value, old.failing, old.is_stale(clock.now())) == (4, True, True)
    assert old.counted_at == START + timedelta(seconds=100)
    assert figure("test.good_today").value == 4
    assert good.asked == 1
    at(86_500)
    assert figure().counted_at is None
    room.broken = False
    assert not figure().failing


@pytest.mark.parametrize(("fresh", "age", "stale"), [(0, 10_000, False), (60, 60, False), (60, 61, True)])
def test_age_makes_stale(fresh: int, age: int, stale: bool) -> None:
    reading = Reading(lines=(), as_of=START)
    shown = Figure(indicator=definition(fresh=fresh), reading=reading, counted_at=START)
    assert shown.is_stale(START + timedelta(seconds=age)) is stale


def test_a_cut_by_district_comes_from_the_lines_or_from_the_room(at: Any) -> None:
    at(100)
    room = Counter(definition())
    room.lines = (
        Line(label="a", value=3, division="210102003"),
        Line(label="b", value=1, division="210102"),
        Line(label="c", value=5),
    )
    assert figure().by_district() == {"210102": 4}
    other = definition(id="test.cut_today", kind="share", denominator="y")
    actions.register_indicator(
        who=SYSTEM,
        indicator=other,
        read=room.read,
        by_division=lambda who, span: (Line(label="", value=1, whole=4, division="210103"),),
    )
    assert figure("test.cut_today").by_district() == {"210103": 0.25}


def test_the_day_gathers_once_for_all(at: Any) -> None:
    at(3600)
    counted = []

    def read(who: Who, span: Span) -> Reading:
        return span.once("test", lambda: counted.append(1) or Reading(lines=(), as_of=None))

    for name in ("test.one_today", "test.two_today"):
        actions.register_indicator(who=SYSTEM, indicator=definition(id=name, river=name == "test.one_today"), read=read)
    room = Counter(definition(river=True))
    seen = queries.today(who=LEADER)
    assert len(counted) == 1
    assert [one.indicator.id for one in seen.figures] == ["test.one_today", "test.two_today", "test.things_today"]
    assert (sum(seen.slots), seen.slots[3], room.asked) == (4, 2, 1)


def test_the_course_is_a_running_total() -> None:
    span = Span(START, START + timedelta(days=1), START + timedelta(hours=2))
    slots = span.by_slot([(START, 2), (START + timedelta(minutes=9, seconds=59), 1), (START + timedelta(minutes=100), 4)])
    assert slots == {0: 3, 10: 4}
    course = span.course(slots)
    assert (course[0], course[-1]) == (0, 7)
    assert list(course) == sorted(course)


@pytest.mark.parametrize(("minutes", "slot"), [(-5, 0), (0, 0), (9, 0), (10, 1), (1439, 143), (2000, 143)])
def test_moments_outside_the_day_stay_at_its_ends(minutes: int, slot: int) -> None:
    assert Span(START, START + timedelta(days=1), START).slot(START + timedelta(minutes=minutes)) == slot


@pytest.mark.parametrize(
    "changes",
    [{"id": "things"}, {"caliber": ""}, {"owner": ""}, {"kind": "share"}, {"denominator": "y"}, {"id": "Test.Things"}],
)
def test_a_definition_that_says_too_little_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"indicator|denominator|no "):
        actions.register_indicator(
            who=SYSTEM, indicator=definition(**changes), read=lambda who, span: Reading(lines=(), as_of=None)
        )


def test_one_id_one_definition() -> None:
    Counter(definition())
    with pytest.raises(ValueError, match="twice"):
        Counter(definition(unit="v"))


def test_doors_ask_for_the_permission(at: Any) -> None:
    Counter(definition())
    with pytest.raises(Denied):
        queries.indicator(who=Who(id="x", kind="official"), id="test.things_today")
    with pytest.raises(Unauthenticated):
        queries.list_indicators(who=Who.anonymous())
    with pytest.raises(NotFound):
        figure("test.nothing")


def test_the_api_says_the_same(at: Any, prepared_city: None, demo_folder: None) -> None:
    Counter(definition(kind="share", denominator="y", fresh=60))
    client = official_client("reviewer")
    found = client.get("/api/v1/indicators/test.things_today").json()
    assert (found["value"], found["total"], found["whole"], found["stale"]) == (0.1, 4, 40, False)
    assert [(line["label"], line["value"]) for line in found["lines"]] == [("a", 3), ("b", 1)]
    assert [one["id"] for one in client.get("/api/v1/indicators/").json()["items"]] == ["test.things_today"]
    assert client.get("/api/v1/indicators/test.none").status_code == 404
    assert Client().get("/api/v1/indicators/").status_code == 401


@pytest.mark.parametrize("step", [1, 7])
def test_happenings_page_by_page_are_all_and_each_once(at: Any, step: int) -> None:
    """Two rooms, of which one tells several things of one moment; each room tells at most `MOST_HAPPENINGS` at once."""
    at(3600)
    told = {
        "a": [Happening(at=START + timedelta(seconds=n // step), label=f"a{n}") for n in range(120)],
        "b": [Happening(at=START + timedelta(seconds=10 * n), label=f"b{n}") for n in range(9)],
    }

    def reader(room: str) -> Any:
        def read(who: Who, span: Span) -> list[Happening]:
            held = [one for one in told[room] if span.start <= one.at < span.end]
            return sorted(held, key=lambda one: (one.at, one.label), reverse=True)[:MOST_HAPPENINGS]

        return read

    for room in told:
        actions.register_happenings(who=SYSTEM, room=room, read=reader(room))
    seen: list[Happening] = []
    cursor = None
    while True:
        page = queries.happenings(who=LEADER, cursor=cursor)
        seen += page.items
        if (cursor := page.next) is None:
            break
        assert len(page.items) == queries.PAGE
    assert sorted(one.label for one in seen) == sorted(one.label for room in told.values() for one in room)
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)


def test_one_broken_room_leaves_the_happenings_of_others(at: Any) -> None:
    at(60)

    def broken(who: Who, span: Span) -> list[Happening]:
        raise RuntimeError

    actions.register_happenings(who=SYSTEM, room="a", read=broken)
    actions.register_happenings(who=SYSTEM, room="b", read=lambda who, span: [Happening(at=START, label="b")])
    assert [one.label for one in queries.happenings(who=LEADER).items] == ["b"]


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJhIiwxXQ", "WyIyMDI2LTExLTI2VDE2OjAwOjAwIiwxXQ", "WyIyMDI2LTExLTI2VDE2OjAwOjAwKzAwOjAwIiwwXQ"]
)
def test_a_damaged_place_among_happenings_is_refused(at: Any, cursor: str) -> None:
    at(60)
    with pytest.raises(Invalid):
        queries.happenings(who=LEADER, cursor=cursor)


def test_happenings_are_not_for_everybody() -> None:
    with pytest.raises(Denied):
        queries.happenings(who=Who(id="act_x", kind="official", department="data_bureau"))
