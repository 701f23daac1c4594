"""From readings to a closed order: the map, the warning, its order moved through every stage, and what a citizen reads meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.tests.scene import Scene, hours_ago, make_scene
from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SYSTEM = Who.system("test")
HIGH, CALM, SILENT = "太原街", "小河沿", "样例站"
WIDTHS = (390, 1440)


@pytest.fixture
def air(transactional_db: None, settings: Any) -> Scene:
    """A city with three live sites: one over its limit, one calm, one that has never reported; the order is open."""
    settings.HUNHE_DEMO = True  # officials need no second factor in a demo folder
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    scene = make_scene("live", "live", sites=(HIGH, CALM, SILENT))
    scene.send([(site, hours_ago(age), 260 + age if site == HIGH else 30) for site in (HIGH, CALM) for age in (5, 4, 3, 2, 1)])
    for _ in range(3):
        events.run_due(who=SYSTEM, limit=50)
    return scene


def session(role: str) -> str:
    account = identity.create_account(
        who=SYSTEM,
        username=f"t.{role}",
        password="correct horse battery",
        kind="official",
        department="ecology_environment",
        name="林若溪",
    )
    identity.appoint(who=SYSTEM, account_id=account.id, post=f"ecology_environment.{role}")
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def sound(reading: Reader) -> None:
    """Nothing for axe to say, nothing wider than the window, a quiet console."""
    assert reading.violations() == []
    assert reading.overflow() == 0
    assert reading.complaints == []


def move(page: Page, name: str, fills: dict[str, str]) -> None:
    """Press an act of the case page; where it asks for facts, give them."""
    page.get_by_role("button", name=name).first.click()
    dialog = page.locator("dialog[open]")
    if dialog.count():
        for label, text in fills.items():
            dialog.get_by_label(label).fill(text)
        dialog.locator(".form-acts .btn").first.click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_warning_becomes_an_order_and_is_closed(air: Scene, reader: Callable[..., Reader], width: int) -> None:
    clerk, approver = reader(width, session=session("clerk")), reader(width, session=session("approver"))
    page = clerk.open("/desk/warnings/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 个站点超标")
    sound(clerk)
    page.locator(".list a[href*='/warnings/warn_']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HIGH)
    expect(page.locator(".river").first).to_contain_text("派单")
    sound(clerk)
    page.get_by_role("link", name="去办处置单").click()
    move(page, "属实，开始处置", {"核实情况": "现场复测一致"})
    move(page, "处置完成，请核查", {"处置措施": "工地停工，道路洒水"})
    sound(clerk)
    case = models.Warning.objects.get(kind="over").case_id
    checked = approver.open(f"/desk/cases/{case}/")
    move(checked, "核查通过，结案", {"核查结果": "读数回落"})
    sound(approver)
    page = clerk.open(f"/desk/warnings/{models.Warning.objects.get(kind='over').id}/")
    expect(page.get_by_role("link", name="看处置单")).to_be_visible()
    expect(page.locator(".aside .trail")).to_contain_text("核查通过，结案")
    air.send([(HIGH, hours_ago(0), 20)])
    page = clerk.open("/desk/warnings/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("没有站点超标")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_site_shows_its_readings_and_silence_is_not_called_good(
    air: Scene, reader: Callable[..., Reader], width: int
) -> None:
    clerk = reader(width, session=session("clerk"))
    page = clerk.open(f"/desk/sites/{air.site(HIGH).id}/")
    expect(page.locator(".air-chart .plot")).to_have_attribute("aria-label", "5 个读数，最低 261，最高 265，其中 5 个超过 150")
    sound(clerk)
    page = clerk.open(f"/desk/sites/{air.site(SILENT).id}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("从未上报")
    sound(clerk)


@pytest.mark.parametrize(("width", "elder", "language"), [(390, False, "zh-hans"), (1440, False, "en"), (390, True, "zh-hans")])
def test_anybody_reads_how_the_air_is(
    air: Scene, reader: Callable[..., Reader], width: int, elder: bool, language: str
) -> None:
    somebody = reader(width, language=language, elder=elder)
    page = somebody.open("/air/")
    expect(page.locator(".headline").first).to_contain_text(HIGH)
    expect(page.locator("main")).to_contain_text("请留在室内")
    assert page.locator("main section.air").count() == 3
    sound(somebody)
