"""A hole in the street: a citizen's photo, a dispatcher's map, a team, an inspector, and the reporter's last word, in a real browser."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import actions, climbing, content, models
from hunhe.networks.governance.tests import scene
from hunhe.networks.governance.tests.scene import METRE
from hunhe.stone import clock
from hunhe.stone.who import Who
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SYSTEM = Who.system("test")
SHOTS = os.environ.get("HUNHE_SHOTS", "")
DEPARTMENT = "urban_management"
POSTS = ("patrol", "dispatcher", "fixer", "inspector", "supervisor")
SEATS = {"fixer": "fixer.drainage_1"}
PHONE, DESK = 390, 1440
COVER = "雨水井盖没了、坏了、响"


@pytest.fixture
def people(transactional_db: None, settings: Any) -> dict[str, str]:
    """Sessions by name: two citizens, everybody at the bureau of urban management, and a leader."""
    settings.HUNHE_DEMO = True  # officials need no second factor in a demo folder
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    content._held.clear()
    found = {"citizen": _session("citizen", None, "林若溪"), "neighbour": _session("neighbour", None, "周明")}
    names = dict(zip(POSTS, ("赵巡", "吴平", "孙修", "钱查", "李值"), strict=True))
    found |= {post: _session(post, f"{DEPARTMENT}.{SEATS.get(post, post)}", name) for post, name in names.items()}
    return found | {"leader": _session("leader", "data_bureau.leader", "郑长河")}


def _session(username: str, post: str | None, name: str) -> str:
    account = identity.create_account(
        who=SYSTEM,
        username=username,
        password="correct horse battery",
        kind="official" if post else "citizen",
        department=post.split(".")[0] if post else None,
        name=name,
    )
    if post:
        identity.appoint(who=SYSTEM, account_id=account.id, post=post)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@pytest.fixture
def look(reader: Callable[..., Reader], people: dict[str, str]) -> Callable[[str, str, str], None]:
    """`look(name, path, what)`: one page as one person sees it, on a phone and at a desk: accessible, unbroken, quiet."""

    def at_both(name: str, path: str, what: str) -> None:
        for width in (PHONE, DESK):
            reading = reader(width=width, session=people[name])
            reading.open(path)
            sound(reading, f"{what}-{width}")

    return at_both


def sound(reading: Reader, what: str) -> None:
    """Nothing for axe to say, nothing wider than the window, a quiet console."""
    assert reading.violations() == [], what
    assert reading.overflow() <= 0, what
    assert reading.complaints == [], what
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        reading.page.screenshot(path=f"{SHOTS}/{what}.png", full_page=what.endswith(str(PHONE)))


def settle() -> None:
    while events.run_due(who=SYSTEM, limit=200):
        pass


def photograph(page: Page, field: str, lon: float | None = None, lat: float | None = None) -> None:
    page.locator(field).set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": scene.jpeg(lon, lat)})
    expect(page.locator(f"{field} ~ .photo-row img")).to_have_count(1)


def choose_cover(page: Page) -> None:
    """What it is, by keyboard alone."""
    page.locator("details.kinds", has_text=COVER).locator("summary").focus()
    if not page.get_by_label(COVER).is_visible():
        page.keyboard.press("Enter")
    page.get_by_label(COVER).focus()
    page.keyboard.press("Space")
    expect(page.get_by_label(COVER)).to_be_checked()


def choose_place(page: Page) -> tuple[float, float]:
    """Where it is, by keyboard alone: a district, then the arrow keys; the map says where the needle stands."""
    page.wait_for_selector(".street-map .leaflet-control-zoom")
    page.get_by_label("或者选区县").focus()
    page.keyboard.press("ArrowDown")
    said = page.locator("#report-where")
    expect(said).to_contain_text(page.locator("#report-district option:checked").inner_text())
    before = page.locator("#report-lon").input_value()
    page.locator("#street-map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#report-lon")).not_to_have_value(before)
    page.wait_for_load_state("networkidle")
    return float(page.locator("#report-lon").input_value()), float(page.locator("#report-lat").input_value())


def test_from_a_citizens_photo_to_their_last_word(
    reader: Callable[..., Reader], people: dict[str, str], look: Callable[[str, str, str], None]
) -> None:
    phone = reader(width=PHONE, session=people["citizen"])
    page = phone.open("/street/")
    sound(phone, "mine-empty-390")
    page.get_by_role("link", name="报一个问题").last.click()
    page.wait_for_load_state("networkidle")
    sound(phone, "new-390")
    choose_cover(page)
    lon, lat = choose_place(page)
    expect(page.get_by_text("这里还没有人报过")).to_be_visible()
    photograph(page, "#report-photos")
    page.get_by_label("说说位置").fill("文化路口北侧")
    sound(phone, "new-filled-390")
    page.get_by_role("button", name="报上去").press("Enter")
    expect(page.locator(".headline")).to_have_text("收到了，马上派人")
    problem = models.Problem.objects.get()
    assert problem.cell == places.area_of(who=SYSTEM, lon=lon, lat=lat).cell.id
    assert models.Photo.objects.get().placed == ""
    sound(phone, "report-received-390")

    _somebody_else_saw_it_too(reader, people, problem, lon, lat)
    _a_team_is_sent(reader, people, problem)
    _it_is_fixed_there(reader, people, problem)
    _somebody_else_checks(reader, people, problem)
    settle()

    phone.complaints.clear()
    page = phone.open(f"/street/{problem.id}/")
    expect(page.locator(".headline")).to_have_text("办好了")
    for told in ("上报", "立案", "派", "核查通过"):
        expect(page.locator(".trail")).to_contain_text(told)
    expect(page.locator(".photo-pair img")).to_have_count(2)
    sound(phone, "report-done-390")
    page.get_by_role("button", name="没修好").press("Enter")
    sound(phone, "report-reopen-390")
    page.get_by_label("简单说说").fill("踩上去还响")
    page.get_by_role("button", name="要求重办", exact=True).press("Enter")
    expect(page.locator(".headline")).to_have_text("收到了，马上派人")
    problem.refresh_from_db()
    assert (problem.stage, problem.reopened) == ("dispatch", 1)
    for name, path, what in (
        ("citizen", "/street/", "mine"),
        ("citizen", f"/street/{problem.id}/", "report-again"),
        ("dispatcher", f"/desk/dispatch/?problem={problem.id}", "board-again"),
    ):
        look(name, path, what)


def _somebody_else_saw_it_too(
    reader: Callable[..., Reader], people: dict[str, str], problem: models.Problem, lon: float, lat: float
) -> None:
    """What is known here is shown before anything is sent; joining makes no second case."""
    reading = reader(width=PHONE, session=people["neighbour"])
    page = reading.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat + 5 * METRE})
    reading.open("/street/new/")
    choose_cover(page)
    page.wait_for_selector(".street-map .leaflet-control-zoom")
    page.get_by_role("button", name="我就在那里").press("Enter")
    expect(page.get_by_text("有人报过", exact=True)).to_be_visible()
    expect(page.locator("[name=join]").first).to_be_checked()
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)
    sound(reading, "new-known-390")
    page.get_by_role("button", name="报上去").press("Enter")
    expect(page.locator(".headline")).to_have_text("收到了，马上派人")
    problem.refresh_from_db()
    assert (models.Problem.objects.count(), problem.reports) == (1, 2)


def _a_team_is_sent(reader: Callable[..., Reader], people: dict[str, str], problem: models.Problem) -> None:
    reading = reader(width=DESK, session=people["dispatcher"])
    page = reading.open("/desk/dispatch/")
    expect(page.locator(".street-mark.chosen")).to_be_visible()
    expect(page.locator(".aside")).to_contain_text("2 人报了同一处")
    sound(reading, "board-1440")
    page.get_by_label("排水一队").check()
    expect(page.get_by_role("button", name="派给排水一队")).to_be_visible()
    page.get_by_role("button", name=re.compile("^雨水井盖，待派")).press("Enter")  # a mark is reached without a mouse
    page.wait_for_url(f"**/desk/dispatch/?problem={problem.id}")
    page.get_by_label("排水一队").check()
    page.locator("#street-map").focus()
    page.keyboard.press("s")
    expect(page.get_by_text("已派给排水一队")).to_be_visible()
    problem.refresh_from_db()
    assert (problem.stage, problem.team) == ("fix", "drainage_1")


def _it_is_fixed_there(reader: Callable[..., Reader], people: dict[str, str], problem: models.Problem) -> None:
    reading = reader(width=PHONE, session=people["fixer"])
    page = reading.open("/desk/street/orders/")
    sound(reading, "orders-390")
    page.get_by_role("link", name=problem.kind_name).click()
    page.get_by_role("button", name="接单").press("Enter")
    expect(page.locator(".facts")).to_contain_text("孙修")
    page.wait_for_load_state("networkidle")
    photograph(page, "#fix-photos", problem.lon, problem.lat + 500 * METRE)
    sound(reading, "fix-390")
    page.get_by_role("button", name="修好了").press("Enter")
    expect(page.get_by_text("照片不是在现场拍的")).to_be_visible()
    photograph(page, "#fix-photos", problem.lon, problem.lat + 10 * METRE)
    page.get_by_role("button", name="修好了").press("Enter")
    expect(page.get_by_text("送出了")).to_be_visible()
    problem.refresh_from_db()
    assert (problem.stage, problem.reworks) == ("check", 1)


def _somebody_else_checks(reader: Callable[..., Reader], people: dict[str, str], problem: models.Problem) -> None:
    reading = reader(width=DESK, session=people["inspector"])
    page = reading.open("/desk/street/checks/")
    sound(reading, "checks-1440")
    page.get_by_role("link", name=problem.kind_name).click()
    expect(page.locator(".photo-pair img")).to_have_count(2)
    page.wait_for_load_state("networkidle")
    sound(reading, "check-1440")
    page.keyboard.press("a")
    expect(page.get_by_text("结案了")).to_be_visible()


def test_whoever_fixed_it_cannot_check_it(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    """One person with both posts: the page offers no such act, and the city refuses whoever sends it all the same."""
    account = Account.objects.get(username="fixer")
    identity.appoint(who=SYSTEM, account_id=account.id, post=f"{DEPARTMENT}.inspector")
    problem = scene.dispatched(scene.report().problem_id, team="drainage_1")
    reading = reader(width=DESK, session=people["fixer"])
    page = reading.open(f"/desk/street/{problem.id}/")
    photograph(page, "#fix-photos", problem.lon, problem.lat)
    page.get_by_role("button", name="修好了").press("Enter")
    page.wait_for_url("**/orders/")
    reading.open(f"/desk/street/{problem.id}/")
    expect(page.get_by_text("由别人核查")).to_be_visible()
    assert page.get_by_role("button", name="通过，结案").count() == 0
    sound(reading, "fixed-by-me-1440")
    rev = models.Problem.objects.get(id=problem.id).rev
    answer = page.evaluate(
        """async ([id, rev]) => (await fetch(`/api/v1/governance/problems/${id}/check`, {method: "POST",
        headers: {"Content-Type": "application/json", "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1]},
        body: JSON.stringify({rev, passes: true})})).status""",
        [problem.id, rev],
    )
    assert answer == 403
    assert scene.stage(problem.id) == "check"


def test_a_patrol_reports_from_the_street(
    reader: Callable[..., Reader], people: dict[str, str], look: Callable[[str, str, str], None]
) -> None:
    reading = reader(width=PHONE, session=people["patrol"])
    page = reading.open("/desk/street/new/")
    sound(reading, "patrol-390")
    choose_cover(page)
    lon, lat = choose_place(page)
    photograph(page, "#report-photos", lon, lat)
    page.get_by_role("button", name="报上去").press("Enter")
    expect(page.get_by_text("报上去了")).to_be_visible()
    photo = models.Photo.objects.get()
    assert (photo.placed, photo.distance_m) == ("exif", 0)
    look("patrol", "/desk/street/new/", "patrol-reported")


def test_the_pages_of_every_post_hold_at_both_widths(people: dict[str, str], look: Callable[[str, str, str], None]) -> None:
    """Nothing there; then problems in every state, one of them late."""
    empty = {
        "dispatcher": "/desk/dispatch/",
        "fixer": "/desk/street/orders/",
        "inspector": "/desk/street/checks/",
        "supervisor": "/desk/street/overdue/",
    }
    for name, path in empty.items():
        look(name, path, f"{name}-empty")
    ids = _problems_in_every_state()
    for name, path in empty.items():
        look(name, path, name)
    for name, stage in (("supervisor", "late"), ("supervisor", "asking"), ("inspector", "check"), ("fixer", "fix")):
        look(name, f"/desk/street/{ids[stage]}/", f"file-{stage}")


def _problems_in_every_state() -> dict[str, str]:
    def at(step: int) -> str:
        return scene.report(lat=scene.LAT + 100 * step * METRE).problem_id

    now = clock.now()
    found = {"waiting": at(0)}
    found["fix"] = scene.dispatched(at(1)).id
    found["check"] = scene.fixed(scene.dispatched(at(2)), scene.LAT + 200 * METRE).id
    asking = scene.dispatched(at(3))
    actions.move_problem(
        who=scene.FIXER, problem_id=asking.id, move="ask_extension", expected_version=asking.rev, note="要等配件"
    )
    found["asking"] = asking.id
    found["late"] = scene.dispatched(at(4)).id
    past = now - timedelta(days=2)
    models.Problem.objects.filter(id=found["late"]).update(due_at=past, climbs_at=past)
    climbing.climb()
    return found


def test_a_leader_reads_from_the_number_to_the_list(
    reader: Callable[..., Reader], people: dict[str, str], look: Callable[[str, str, str], None]
) -> None:
    _problems_in_every_state()
    look("leader", "/cockpit/indicators/governance.overdue_now/", "leader-overdue")
    reading = reader(width=DESK, session=people["leader"])
    page = reading.open("/cockpit/indicators/governance.overdue_now/")
    expect(page.locator("main")).to_contain_text("1")
    reading = reader(width=DESK, session=people["supervisor"])
    page = reading.open("/desk/street/overdue/")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("navigation", name="层级").get_by_role("link", name="市", exact=True).click()
    expect(page.locator("tbody tr")).to_contain_text("市")
    page.get_by_role("navigation", name="层级").get_by_role("link", name="街道").click()
    expect(page.get_by_text("没有超期的")).to_be_visible()


def test_an_elder_reports_from_their_front_page(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    phone = reader(width=PHONE, session=people["citizen"], elder=True)
    page = phone.open("/")
    page.get_by_role("link", name="报问题").click()
    sound(phone, "elder-mine-390")
    page.get_by_role("link", name="报一个问题").last.click()
    page.wait_for_load_state("networkidle")
    sound(phone, "elder-new-390")
    choose_cover(page)
    choose_place(page)
    photograph(page, "#report-photos")
    sound(phone, "elder-filled-390")
    page.get_by_role("button", name="报上去").press("Enter")
    expect(page.locator(".headline")).to_have_text("收到了，马上派人")
    expect(page.get_by_text(re.compile("您"))).not_to_have_count(0)
    sound(phone, "elder-reported-390")
