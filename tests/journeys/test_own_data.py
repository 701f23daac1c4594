"""A citizen and their own data, in a real browser: what I allowed, what is on record, a copy home, an erasure, my devices."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hunhe.kernel.city import actions as city
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who
from hunhe.wallet.mydata import actions as mydata
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = Who.system("test")
PASSWORD = "correct horse battery"
PAGES = (
    "/mydata/",
    "/mydata/copy/",
    "/mydata/erase/",
    "/mydata/erase/?again=1",
    "/consents/",
    "/consents/ask/code.bind_insurance/?recipient=health_insurance",
    "/settings/",
    "/account/",
    "/uses/",
    "/notices/",
    "/cases/",
)
SMALLEST = 44
ELDER = 72


@pytest.fixture
def lin(transactional_db: None, settings: Any) -> tuple[Who, str]:
    """Somebody with a name, consents, a copy that is ready and an erasure that was answered; and their session."""
    settings.HUNHE_DEMO = True
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    account = identity.create_account(who=SYSTEM, username="lin", password=PASSWORD, kind="citizen", name="林晚晴")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id="per_lin", level=2)
    who = accounts.who_by_account_id(who=SYSTEM, account_id=account.id)
    consent.give_consent(who=who, kind="code.show_name")
    case = mydata.ask_erasure(who=who, subject_id="per_lin", rooms=["consent"], key="a")
    checked = mydata.check_erasure(who=SYSTEM, case_id=case.id, expected_version=case.rev)
    mydata.decide_erasure(who=SYSTEM, case_id=case.id, rooms=["consent"], reason="", expected_version=checked.rev)
    events.run_due(who=SYSTEM)
    assert cases.case_by_id(who=SYSTEM, case_id=case.id).outcome == "done"
    consent.give_consent(who=who, kind="service.prefill", recipient="civil_affairs")
    consent.ask_export(who=who, subject_id="per_lin", key="a")
    events.run_due(who=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return who, client.cookies["sessionid"].value


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "elder"), [(390, False), (390, True), (1440, False)], ids=["phone", "elder", "desk"])
def test_pages_are_accessible_and_fit(reader: Callable[..., Reader], lin: tuple[Who, str], width: int, elder: bool) -> None:
    wrong = []
    reading = reader(width=width, elder=elder, session=lin[1])
    for path in PAGES:
        page = reading.open(path)
        wrong += [f"{path}: {violation}" for violation in reading.violations()]
        if reading.overflow() > 0:
            wrong.append(f"{path}: {reading.overflow()} px too wide")
        smallest = page.evaluate(
            "Math.min(...[...document.querySelectorAll('main .btn, .act-bar .btn, main .list-item[href], main label.tick')]"
            ".map(way => way.getBoundingClientRect().height).filter(height => height > 0), 999)"
        )
        if width == 390 and smallest < (ELDER if elder else SMALLEST) - 0.5:
            wrong.append(f"{path}: a target of {smallest} px")
    assert not [*wrong, *reading.complaints], "\n".join(wrong + reading.complaints)


def test_taking_back_and_restoring(reader: Callable[..., Reader], lin: tuple[Who, str]) -> None:
    _who, session = lin
    page = reader(width=390, session=session).open("/consents/")
    page.get_by_role("button", name="撤回").click()
    page.get_by_text("一分钟内可以恢复").wait_for()
    asked = {"who": SYSTEM, "subject_id": "per_lin", "kind": "service.prefill", "recipient": "civil_affairs"}
    assert consents.active_consent(**asked) is None
    page.get_by_role("button", name="恢复").click()
    page.get_by_text("已恢复").wait_for()
    assert consents.active_consent(**asked) is not None


def test_the_copy_is_taken_home(reader: Callable[..., Reader], lin: tuple[Who, str]) -> None:
    page = reader(width=390, session=lin[1]).open("/mydata/")
    page.get_by_role("link", name="拿走一份全部数据").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="取走我的数据").click()
    assert waiting.value.suggested_filename.startswith("my-data-")


def test_asking_to_be_erased_and_reading_the_answer(reader: Callable[..., Reader], lin: tuple[Who, str]) -> None:
    page = reader(width=390, session=lin[1]).open("/mydata/erase/")
    assert "已删" in page.locator("main").inner_text()
    page.get_by_role("link", name="再提一次").click()
    page.get_by_label("我同意过的事").check()
    page.get_by_role("button", name="申请删除").click()
    page.get_by_text("你想删的").wait_for()
    page.get_by_role("button", name="撤回申请").click()
    page.get_by_text("你撤回了申请").wait_for()


def test_nothing_moves_when_told(reader: Callable[..., Reader], lin: tuple[Who, str]) -> None:
    page = reader(width=390, session=lin[1]).open("/settings/")
    page.get_by_role("button", name="全都不动").click()
    page.wait_for_selector("html[data-motion=still]")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--glide').trim()") == "0s"
    page.get_by_role("button", name="跟设备一样").click()
    page.wait_for_selector("html:not([data-motion])")


def test_another_device_is_signed_out_from_here(reader: Callable[..., Reader], lin: tuple[Who, str]) -> None:
    here, there = reader(width=390), reader(width=1440)
    for window in (here, there):
        page = window.open("/accounts/login/")
        page.fill("[name=login]", "lin")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
    page = here.open("/account/")
    page.get_by_role("button", name="别处全部退出").click()
    page.get_by_text("你只在这台设备上登录着").wait_for()
    assert "/accounts/login" in there.open("/account/").url
