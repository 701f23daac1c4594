"""A tile, its list and the API are one number; the wall survives an empty and a broken day."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hunhe.hub.bases.models import Build
from hunhe.hub.collect.models import Batch, Dataset
from hunhe.hub.exchange.models import Call
from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.kernel.indicators import queries as indicators
from hunhe.kernel.indicators import registry
from hunhe.kernel.indicators.shapes import Happening
from hunhe.kernel.org import queries as org
from hunhe.portals.cockpit import board, content, presenting, queries
from hunhe.stone import clock, ids
from hunhe.stone.errors import Denied, NotFound
from hunhe.stone.who import Who
from hunhe.wallet.functions import queries as functions

LEADER = Who(id="act_leader", kind="official", department="data_bureau", may=frozenset({"cockpit.may_see"}))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """A demo folder asks officials for no second factor."""
    settings.HUNHE_DEMO = True


def midnight() -> datetime:
    local = timezone.localtime(clock.now())
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def batch(dataset: str, seq: int, at: datetime, **counts: Any) -> Batch:
    done = {"state": "reconciled", "department": "human_resources", "started_at": at, "finished_at": at} | counts
    return Batch.objects.create(id=ids.new("bat"), dataset=dataset, seq=seq, **done)


@pytest.fixture
def day(prepared_city: None) -> None:
    """Two datasets today, one batch of them failed; one batch yesterday, one repeated."""
    start = midnight()
    Dataset.objects.create(id="x.employment", department="human_resources", name="就业登记", contract={"system": "jobs"})
    batch("x.employment", 1, start - timedelta(seconds=1), source_rows=7, loaded=7, quarantined=0)
    batch("x.employment", 2, start, source_rows=1_000_000, loaded=999_000, quarantined=1_000)
    batch("x.employment", 3, start + timedelta(minutes=1), state="failed", source_rows=50, loaded=None)
    batch("x.household", 1, start + timedelta(minutes=11), source_rows=100, loaded=90, quarantined=10)
    batch("x.household", 2, start + timedelta(minutes=12), state="repeated", source_rows=100)


@pytest.fixture
def leader(prepared_city: None, client: Client) -> Client:
    system = Who.system("test")
    account = identity.create_account(
        who=system, username="leader", password="correct horse battery", kind="official", department="data_bureau", name="赵"
    )
    identity.appoint(who=system, account_id=account.id, post="data_bureau.reviewer")
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("collect.batches_today", 3),
        ("collect.rows_loaded_today", 999_090),
        ("collect.quarantine_rate_today", 1_010 / 1_000_100),
    ],
)
def test_tiles_count_this_day_only(day: None, name: str, value: float) -> None:
    shown = {one.indicator.id: one for one in queries.wall(who=LEADER).today.figures}
    assert shown[name].value == pytest.approx(value)


@pytest.mark.parametrize("name", ["collect.batches_today", "collect.rows_loaded_today", "collect.quarantine_rate_today"])
def test_tile_list_and_api_agree(day: None, leader: Client, name: str) -> None:
    tile = next(one for one in queries.wall(who=LEADER).today.figures if one.indicator.id == name)
    api = leader.get(f"/api/v1/indicators/{name}").json()
    assert api["value"] == tile.value
    total, whole = sum(line["value"] for line in api["lines"]), sum(line["whole"] for line in api["lines"])
    assert (total / whole if name == "collect.quarantine_rate_today" else total) == tile.value
    page = leader.get(f"/cockpit/indicators/{name}/").content.decode()
    assert f"<b>{total:,}</b>" in page


@pytest.fixture
def base(day: None) -> None:
    done = {"base": "population", "state": "done", "requested_at": midnight(), "finished_at": clock.now()}
    Build.objects.create(id="bld_1", seq=1, subjects=9, divisions={"210102": 9}, **done)
    Build.objects.create(id="bld_2", seq=2, subjects=7, divisions={"210102": 4, "210103": 2, "": 1}, **done)


def test_people_are_counted_by_district(base: None, leader: Client) -> None:
    wall = queries.wall(who=LEADER)
    subjects = next(one for one in wall.today.figures if one.indicator.id == "bases.subjects_now")
    assert subjects.value == 7
    assert {line.label: line.value for line in subjects.reading.lines if line.value == 4} == {"和平区": 4}
    assert tuple(subjects.by_district()[code] for code in ("210102", "210103", "210104")) == (4, 2, 0)
    page = leader.get("/cockpit/indicators/bases.subjects_now/").content.decode()
    assert "<b>7</b>" in page


def test_the_river_holds_every_batch_of_the_day(day: None) -> None:
    wall = queries.wall(who=LEADER)
    assert wall.today.slots[:2] == (2, 1)
    assert sum(wall.today.slots) == 3
    assert [one.kind for one in wall.today.happenings].count("late") == 1


@pytest.fixture
def calls(day: None) -> None:
    made = {"client": "cli_1", "service": "A1.lookup", "resource": "A1", "purpose": "p", "entry_id": "e"}
    for number, (minutes, outcome, code) in enumerate(
        [(-1, "given", ""), (0, "given", ""), (9, "refused", "quota"), (25, "given", "")]
    ):
        at = midnight() + timedelta(minutes=minutes)
        Call.objects.create(
            id=f"cal_{number}", at=at, day=at.date(), department="health_insurance", outcome=outcome, code=code, **made
        )


@pytest.mark.parametrize(("name", "value"), [("exchange.calls_today", 3), ("exchange.refused_today", 1)])
def test_calls_are_counted_and_agree_with_list_and_api(calls: None, leader: Client, name: str, value: int) -> None:
    wall = queries.wall(who=LEADER)
    tile = next(one for one in wall.today.figures if one.indicator.id == name)
    assert tile.value == value
    assert leader.get(f"/api/v1/indicators/{name}").json()["value"] == value
    assert f"<b>{value}</b>" in leader.get(f"/cockpit/indicators/{name}/").content.decode()
    assert wall.today.slots[:3] == (2 + 2, 1, 1)


def test_the_page_and_its_refresh(day: None, leader: Client) -> None:
    whole = leader.get("/cockpit/").content.decode()
    part = leader.get("/cockpit/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert 'data-part="tile:exchange.calls_today"' in part
    assert "示意图" in part


def test_an_empty_day_is_said(leader: Client) -> None:
    assert leader.get("/cockpit/").status_code == 200
    assert leader.get("/cockpit/indicators/collect.batches_today/").status_code == 200
    figures = queries.wall(who=LEADER).today.figures
    assert not any(one.value for one in figures if one.indicator.period == "today")


def test_strangers_stay_outside(leader: Client, prepared_city: None) -> None:
    with pytest.raises(Denied):
        queries.wall(who=Who(id="act_x", kind="official", department="data_bureau"))
    assert Client().get("/cockpit/").status_code == 302
    with pytest.raises(NotFound):
        queries.figure(who=LEADER, id="nothing")


def test_queries_do_not_grow_with_the_day(day: None, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    queries.wall(who=LEADER)  # what a process reads once, it has read
    with CaptureQueriesContext(connection) as few:
        queries.wall(who=LEADER)
    for seq in range(3, 60):
        batch(f"y.{seq % 20}", seq, midnight() + timedelta(minutes=seq), source_rows=10, loaded=10, quarantined=0)
    with django_assert_num_queries(len(few)):
        queries.wall(who=LEADER)


def test_every_registered_indicator_is_one_number_everywhere(calls: None, base: None, leader: Client) -> None:
    """By the registry, its list on screen and the API; and by the sum of its lines, and of its districts."""
    shown = {one.indicator.id: one for one in queries.wall(who=LEADER).today.figures}
    assert {"collect.batches_today", "bases.subjects_now", "exchange.calls_today"} <= shown.keys()
    for name, figure in shown.items():
        api = leader.get(f"/api/v1/indicators/{name}").json()
        page = leader.get(f"/cockpit/indicators/{name}/").content.decode()
        total, whole = sum(line["value"] for line in api["lines"]), sum(line["whole"] for line in api["lines"])
        assert (api["total"], api["whole"]) == (total, whole), name
        share = api["kind"] == "share"
        assert api["value"] == figure.value == ((total / whole if whole else None) if share else total), name
        assert f"<b>{total:,}</b>" in page or not api["lines"], name
        if figure.cut:
            assert sum(line.value for line in figure.cut) <= total, name


def test_the_page_of_all_indicators_names_each_and_its_owner(calls: None, leader: Client) -> None:
    page = leader.get("/cockpit/indicators/").content.decode()
    figures = queries.wall(who=LEADER).today.figures
    assert all(f">{figure.indicator.id}<" in page for figure in figures)
    assert "市数据局" in page
    assert "今天检查过的全部行中" in page


def test_every_claim_of_the_article_stands_on_its_page_in_order(calls: None, base: None, leader: Client) -> None:
    article = queries.article(who=LEADER)
    page = leader.get("/cockpit/claims/").content.decode()
    places = [page.index(f'<tr id="{one.claim.id}"') for one in article.claims]
    assert len(places) > 100
    assert places == sorted(places)
    counted = {one.claim.id: one for one in article.claims if one.figures}
    assert counted["base_population"].figures[0].value == 7
    assert counted["calls"].sums["exchange.calls_today"].total == 3


def test_claims_that_nothing_counts_name_the_room_that_will(prepared_city: None, leader: Client) -> None:
    article = queries.article(who=LEADER)
    awaited = [one.claim for one in article.claims if one.claim.kind == "computed" and not one.figures]
    assert awaited
    assert all(claim.room for claim in awaited)
    page = leader.get("/cockpit/claims/").content.decode()
    parking = page[page.index('<tr id="car_parks"') :].split("</tr>")[0]
    assert "将由“好停车”来数" in parking


def test_what_the_rooms_count_today_stands_beside_the_article(base: None, leader: Client) -> None:
    """The article's number and this city's, each under its own head, the generated one marked."""
    counted = {
        one.claim.id: [figure.value for figure in one.figures] for one in queries.article(who=LEADER).claims if one.figures
    }
    assert len(counted) >= 27
    assert counted["districts"] == [13]
    assert counted["code_functions"] == [len([one for one in functions.list_functions(who=LEADER) if one.on])]
    assert counted["units"] == [len([one for one in org.list_departments(who=LEADER) if one.in_use])]
    assert counted["code_registered"] == counted["elder_cards"] == [0]
    assert counted["fully_online_rate"] == [1.0]
    page = leader.get("/cockpit/indicators/cockpit.districts_now/").content.decode()
    said = page[page.index("文章怎么说") :].split("</section>")[0]
    assert "<b>13</b> 個" in said
    assert "示例" in said


@pytest.mark.parametrize(
    ("x", "here", "left"),
    [(5.0, 6.5, []), (5.0, 60.0, [False]), (50.0, 55.0, [True]), (90.0, 95.0, [True]), (20.0, 60.0, [False])],
)
def test_words_on_the_river_stay_on_the_wall_and_off_the_present(x: float, here: float, left: list[bool]) -> None:
    at = midnight() + timedelta(minutes=x * 14.4)
    assert [mark["left"] for mark in presenting._marks((Happening(at=at, label="x"),), here)] == left


def test_claims_name_only_what_some_room_counts(prepared_city: None) -> None:
    known = {one.id for one in indicators.list_indicators(who=Who.system("test"))}
    claims = city.city_facts(who=Who.system("test")).claims
    assert [name for claim in claims for name in claim.indicators if name not in known] == []


def test_a_city_naming_a_number_nobody_counts_is_in_doubt(prepared_city: None) -> None:
    files = [ContentFile.parsed("portals/cockpit/wall.toml", "kit", 'tiles = ["no.such_today"]')]
    assert [doubt.key for doubt in content.check(files)] == ["tiles"]


def test_a_row_more_moves_the_tile_by_one(day: None) -> None:
    def value() -> float:
        return next(one.value for one in queries.wall(who=LEADER).today.figures if one.indicator.id == "collect.batches_today")

    before = value()
    batch("x.household", 3, midnight() + timedelta(minutes=30), source_rows=1, loaded=1, quarantined=0)
    assert value() == before + 1


INDICATORS = sorted(registry.indicators)


@pytest.mark.parametrize("name", INDICATORS)
def test_each_indicator_is_one_number_and_greys_with_its_age(calls: None, base: None, leader: Client, name: str) -> None:
    """Tile in place, stream, list and API show one value; a reading older than its limit is grey on tile and in the API, with its age."""
    figure = indicators.indicator(who=Who.system("test"), id=name)
    api = leader.get(f"/api/v1/indicators/{name}").json()
    told = board._told(figure, clock.now())
    assert api["value"] == figure.value == told["value"]
    value, _ = presenting.shown(figure)
    page = leader.get(f"/cockpit/indicators/{name}/").content.decode()
    assert f'<span class="value">{value}<' in page
    listed = leader.get("/cockpit/indicators/").content.decode()
    row = listed[listed.index(f">{name}<") :].split("</tr>")[0]
    assert f"<b>{value}</b>" in row
    old = dataclasses.replace(
        figure,
        indicator=dataclasses.replace(figure.indicator, fresh=figure.indicator.fresh or 60),
        reading=dataclasses.replace(figure.reading, as_of=clock.now() - timedelta(seconds=(figure.indicator.fresh or 60) + 90)),
    )
    assert board._told(old, clock.now())["stale"]
    drawn = board._render("tile", {"tile": presenting.tile(old)})
    assert 'class="tile stale"' in drawn
    assert "别当现在看" in drawn
    assert f'data-part="tile:{name}"' in drawn
    failing = board._render("tile", {"tile": presenting.tile(dataclasses.replace(figure, failing=True))})
    assert 'class="tile stale"' in failing
