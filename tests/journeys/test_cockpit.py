"""The wall in a real browser, behind the real gateway: numbers move by themselves, silence is told, one number on every page."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.sync_api import expect

from conftest import official_client
from hunhe.hub.bases.models import Build
from hunhe.hub.collect.models import Batch, Dataset
from hunhe.kernel.events import actions as events
from hunhe.kernel.indicators import counting
from hunhe.portals.cockpit import content, live
from hunhe.portals.cockpit.content import Plan
from hunhe.stone import clock, ids
from hunhe.stone.who import Who
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WALL, DRILL = "/cockpit/", "/cockpit/indicators/collect.rows_loaded_today/"
PAGES = (
    WALL,
    DRILL,
    "/cockpit/happenings/",
    "/cockpit/orders/",
    "/cockpit/indicators/",
    "/cockpit/claims/",
    "/cockpit/?map=bases.subjects_now",
)


class Gate:
    """The city's own gateway, lanes and all, in a thread of the test."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._stop: Callable[[], object] = lambda: None

    def __enter__(self) -> "Gate":
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < deadline, "the gateway did not start"
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._thread.join(20)
        connections.close_all()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        from hunhe.house.gateway import Gateway

        server = Server(Gateway(), "127.0.0.1", self.port, interface=Interfaces.ASGI, log_enabled=False)
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(server.stop)
        await server.serve()


def row(seq: int, rows: int, **more: Any) -> None:
    """A batch that arrived a moment ago."""
    now = clock.now()
    about = {"dataset": "x.employment", "department": "human_resources", "started_at": now, "finished_at": now}
    counts = {"state": "reconciled", "source_rows": rows, "loaded": rows, "quarantined": 0}
    Batch.objects.create(id=ids.new("bat"), seq=seq, **about | counts | more)


@pytest.fixture
def session(prepared_city: None, demo_folder: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A leader's session, on a day on which something happened, in a city whose wall shows it."""
    plan = Plan(tiles=("collect.rows_loaded_today", "collect.batches_today"), maps=("bases.subjects_now",))
    monkeypatch.setattr(content, "plan", lambda: plan)
    Dataset.objects.create(id="x.employment", department="human_resources", name="就业登记", contract={"system": "jobs"})
    row(1, 1_200)
    row(2, 50, state="failed", loaded=None)
    done = {"base": "population", "state": "done", "requested_at": clock.now(), "finished_at": clock.now()}
    Build.objects.create(id="bld_1", seq=1, subjects=9, divisions={"210102": 4, "210103": 5}, **done)
    client: Client = official_client("leader")
    return client.cookies["sessionid"].value


@pytest.fixture
def alive(reader: Callable[..., Reader], session: str) -> Iterator[Callable[..., Reader]]:
    """Like `reader`, signed in as the leader, through the gateway."""
    with Gate() as gate:

        def make(**wishes: Any) -> Reader:
            made = reader(session=session, **wishes)
            cookies = [cookie | {"url": f"http://127.0.0.1:{gate.port}"} for cookie in made.page.context.cookies()]
            made.page.context.add_cookies(
                [{"name": cookie["name"], "value": cookie["value"], "url": cookie["url"]} for cookie in cookies]
            )
            return replace(made, address=f"http://127.0.0.1:{gate.port}", complaints=made.complaints)

        yield make
    counting.forget()


@pytest.mark.parametrize("width", [390, 1440, 1920])
def test_every_page_is_accessible_and_fits(reader: Callable[..., Reader], session: str, width: int) -> None:
    wrong = []
    for path in PAGES:
        reading = reader(width=width, session=session)
        reading.open(path)
        wrong += [f"{path}: {violation}" for violation in reading.violations()]
        wrong += [f"{path}: {reading.overflow()} px too wide"] if reading.overflow() > 0 else []
        wrong += [f"{path}: {complaint}" for complaint in reading.complaints]
    assert wrong == []


def test_the_wall_fits_a_wall(reader: Callable[..., Reader], session: str) -> None:
    reading = reader(width=1920, session=session)
    reading.page.set_viewport_size({"width": 1920, "height": 1080})
    page = reading.open(WALL)
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


def test_numbers_move_by_themselves(alive: Callable[..., Reader]) -> None:
    reading = alive(width=1920)
    page = reading.open(WALL)
    tile = page.locator('[data-part="tile:collect.rows_loaded_today"] .value')
    assert tile.inner_text().startswith("1,200")
    row(3, 34)
    expect(tile).to_contain_text("1,234", timeout=15_000)
    assert page.locator("[data-stream-lost]").is_hidden()
    assert page.locator(".beside").inner_text().count("第 3 批") == 1
    assert reading.complaints == []
    tile.click()
    page.wait_for_url(f"**{DRILL}")
    assert "1,234" in page.locator("tfoot").inner_text()


def test_focus_stays_where_it_was_when_a_part_is_renewed(alive: Callable[..., Reader]) -> None:
    page = alive(width=1440).open(WALL)
    tile = page.locator('[data-part="tile:collect.rows_loaded_today"]')
    tile.focus()
    row(3, 34)
    expect(tile).to_contain_text("1,234", timeout=15_000)
    assert page.evaluate("document.activeElement.dataset.part") == "tile:collect.rows_loaded_today"


def test_a_lost_stream_is_told_with_its_hour_and_comes_back(alive: Callable[..., Reader]) -> None:
    reading = alive(width=1920)
    page, stream = reading.page, "**/cockpit/live*"
    page.route(stream, lambda route: route.abort())
    reading.open(WALL)
    lost = page.locator("[data-stream-lost]")
    expect(lost).to_contain_text(re.compile(r"没有新数，从\s*\d\d:\d\d:\d\d"), timeout=15_000)
    row(3, 34)
    page.unroute(stream)
    expect(lost).to_be_hidden(timeout=30_000)
    expect(page.locator('[data-part="tile:collect.rows_loaded_today"]')).to_contain_text("1,234")


def test_a_wall_whose_session_ends_says_so(alive: Callable[..., Reader], session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RIGHTS", 0.5)
    page = alive(width=1920).open(WALL)
    page.wait_for_selector("[data-stream=heard]")
    Session.objects.filter(session_key=session).delete()
    expect(page.locator("[data-stream-ended]")).to_be_visible(timeout=15_000)


def test_an_old_figure_greys_with_its_age(reader: Callable[..., Reader], session: str) -> None:
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    earlier = max(clock.now() - timedelta(hours=1), midnight)  # a city day may have begun less than an hour ago
    Batch.objects.all().update(started_at=earlier, finished_at=earlier)
    page = reader(width=1920, session=session).open(WALL)
    tile = page.locator('[data-part="tile:collect.rows_loaded_today"]')
    if "stale" in (tile.get_attribute("class") or ""):
        pytest.fail("an hour is not old for what comes once a day")
    tile.evaluate("node => { node.dataset.fresh = '60'; document.dispatchEvent(new Event('hunhe:renewed')); }")
    assert "stale" in (tile.get_attribute("class") or "")
    assert "别当现在看" in tile.locator(".old").inner_text()


def test_a_floe_leads_to_the_list_of_what_it_shows(reader: Callable[..., Reader], session: str) -> None:
    page = reader(width=1440, session=session).open(WALL)
    floe = page.locator("a.floe[aria-label^='和平']")
    assert floe.get_attribute("aria-label") == "和平 4"
    floe.click()
    page.wait_for_url("**/cockpit/indicators/bases.subjects_now/")
    assert "9" in page.locator("tfoot").inner_text()


@pytest.fixture
def two(prepared_city: None, demo_folder: None) -> Iterator[tuple[str, str]]:
    """Sessions of a leader and of the supervisor whose department answers for street problems."""
    yield tuple(  # type: ignore[misc]  # two of them
        official_client(role, department).cookies["sessionid"].value
        for role, department in (("leader", "data_bureau"), ("supervisor", "urban_management"))
    )
    counting.forget()


@pytest.mark.parametrize("width", [390, 1440])
def test_from_a_tile_to_an_order_and_back_answered(reader: Callable[..., Reader], two: tuple[str, str], width: int) -> None:
    """The leader asks from the number's page; it lies on the supervisor's desk; the answer is read where it was asked."""
    leading, answering = (reader(width=width, session=session) for session in two)
    page = leading.open("/cockpit/indicators/governance.problems_today/")
    page.get_by_role("button", name="督办这个数…").click()
    assert leading.violations() == []
    page.get_by_label("想问什么").fill("今天为什么一件也没有")
    page.get_by_role("button", name="发出督办").click()
    expect(page.locator("table.orders")).to_contain_text("等答复")
    assert (leading.overflow(), leading.violations()) == (0, [])
    number = page.locator("table.orders a.small").inner_text()
    desk = answering.open("/desk/cases/")
    desk.get_by_text(number).first.click()
    desk.get_by_text("今天为什么一件也没有").first.wait_for()
    desk.get_by_role("button", name=re.compile("^答复")).click()
    desk.get_by_role("textbox", name="答复").fill("下雨，巡查推迟到下午")
    desk.locator("dialog[open] button.primary").click()
    expect(desk.get_by_text("看答复").first).to_be_visible()
    in_a_thread(run_all)
    orders = leading.open("/cockpit/orders/")
    expect(orders.locator("table.orders")).to_contain_text("已答复，请看")
    expect(orders.locator(".answer")).to_contain_text("下雨，巡查推迟到下午")
    assert (leading.overflow(), leading.violations(), leading.complaints) == (0, [], [])
    wall = leading.open("/cockpit/")
    expect(wall.locator(".alert.plain")).to_contain_text("街面问题上报")
    wall.locator(".alert.plain").click()
    page.wait_for_url("**/cockpit/indicators/governance.problems_today/#case_*")
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name=re.compile("^答复可以，办结")).click()
    expect(page.get_by_text("已办结").first).to_be_visible()


def run_all() -> None:
    while events.run_due(who=Who.system("test")):
        pass
    connections.close_all()


def in_a_thread(work: Callable[[], None]) -> None:
    """Playwright's loop turns in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
