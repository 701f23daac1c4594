"""A licence in a real browser: its holder shows it, a stranger checks it, its issuer revokes it, the stranger is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import expect

from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, content
from hunhe.wallet.licence.shapes import Licence
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = Who.system("test")
HOLDER = "sub_lin"
FACTS = {"name": "林若溪", "id_number": "210103195504260426", "birth_date": "1955-04-26", "card_class": "70 周岁以上"}


@pytest.fixture
def sessions(transactional_db: None, settings: Any) -> dict[str, str]:
    """Sessions of a holder and of her issuer's licence keeper."""
    settings.HUNHE_DEMO = True
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    content.forget()
    holder = identity.create_account(
        who=SYSTEM, username="lin", password="correct horse battery", kind="citizen", name="林若溪"
    )
    identity.raise_level(who=SYSTEM, account_id=holder.id, subject_id=HOLDER, level=2)
    keeper = identity.create_account(
        who=SYSTEM,
        username="keeper",
        password="correct horse battery",
        kind="official",
        department="civil_affairs",
        name="关敏",
    )
    identity.appoint(who=SYSTEM, account_id=keeper.id, post="civil_affairs.licence_keeper")
    return {"holder": _session(holder.id), "keeper": _session(keeper.id)}


@pytest.fixture
def licence(sessions: dict[str, str]) -> Licence:
    made = actions.issue_licence(
        who=SYSTEM, type="elder_card", holder=HOLDER, case_id="", facts=FACTS, valid_until=None, key="k1"
    )
    run_jobs()
    return made


def run_jobs() -> None:
    """In a thread of its own: sealing starts an event loop, and Playwright's already turns in this one."""

    def run() -> None:
        events.run_due(who=SYSTEM)
        connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()


def _session(account_id: str) -> str:
    client = Client()
    client.force_login(Account.objects.get(pk=account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def sound(reading: Reader) -> None:
    assert reading.overflow() <= 0
    assert reading.violations() == []
    assert reading.complaints == []


def test_shown_checked_revoked(reader: Callable[..., Reader], sessions: dict[str, str], licence: Licence) -> None:
    holder, stranger, keeper = reader(390, session=sessions["holder"]), reader(390), reader(1440, session=sessions["keeper"])
    page = holder.open("/licences/")
    sound(holder)
    page.get_by_role("link", name="老年人优待证").click()
    expect(page.get_by_role("img", name="通往核验页的二维码")).to_be_visible()
    sound(holder)

    answer = stranger.open(f"/verify/{licence.code}/")
    expect(answer.get_by_text("这张证照有效")).to_be_visible()
    expect(answer.get_by_text("林**")).to_be_visible()
    assert "210103195504260426" not in answer.content()
    sound(stranger)

    desk = keeper.open("/desk/licences/")
    sound(keeper)
    desk.get_by_role("link", name="林若溪").click()
    desk.get_by_role("button", name="停用或吊销…").click()
    desk.get_by_label("理由").fill("冒用他人身份办理")
    desk.get_by_role("button", name="吊销", exact=True).click()
    expect(desk.get_by_role("status").filter(has_text="冒用他人身份办理")).to_be_visible()
    sound(keeper)

    answer.reload()
    expect(answer.get_by_text("这张证照已被吊销")).to_be_visible()
    sound(stranger)
    page.reload()
    expect(page.get_by_text("已被吊销")).to_be_visible()
    expect(page.get_by_text("扫码核验")).to_have_count(2)
    sound(holder)


def test_a_use_copy_is_made_and_taken_back(reader: Callable[..., Reader], sessions: dict[str, str], licence: Licence) -> None:
    holder = reader(390, session=sessions["holder"])
    page = holder.open(f"/licences/{licence.id}/")
    page.get_by_role("link", name="开一份用证副本").click()
    sound(holder)
    page.get_by_label("给谁用").fill("北陵公园")
    page.get_by_label("用途").fill("办年票")
    page.get_by_role("button", name="开这份副本").click()
    expect(page.get_by_text("用证副本正在做")).to_be_visible()
    expect(page.get_by_text("制作中")).to_be_visible()
    sound(holder)
    run_jobs()
    expect(page.get_by_text("制作中")).to_have_count(0)
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_text("已收回。")).to_be_visible()
    sound(holder)


def test_only_chosen_fields_are_shown(reader: Callable[..., Reader], sessions: dict[str, str], licence: Licence) -> None:
    holder = reader(390, session=sessions["holder"])
    page = holder.open(f"/licences/{licence.id}/credential/")
    page.get_by_label("优待类别").check()
    page.get_by_role("button", name="生成凭证").click()
    text = page.get_by_role("textbox", name="凭证").input_value()
    sound(holder)
    stranger = reader(1440)
    page = stranger.open("/verify/")
    sound(stranger)
    page.get_by_label("核验码或凭证").fill(text)
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_text("这张证照有效")).to_be_visible()
    expect(page.get_by_text("持证人出示：优待类别")).to_be_visible()
    sound(stranger)


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_holder_in_both_languages_and_for_elders(
    reader: Callable[..., Reader], sessions: dict[str, str], licence: Licence, elder: bool, language: str
) -> None:
    holder = reader(390, language, elder, sessions["holder"])
    for path in (
        "/licences/",
        f"/licences/{licence.id}/",
        f"/licences/{licence.id}/copies/new/",
        f"/verify/{licence.code}/",
        "/verify/nothing/",
        "/verify/",
    ):
        holder.open(path)
        sound(holder)


def test_the_empty_page_says_how_a_licence_comes(reader: Callable[..., Reader], sessions: dict[str, str]) -> None:
    holder = reader(390, session=sessions["holder"])
    page = holder.open("/licences/")
    expect(page.get_by_text("你还没有电子证照")).to_be_visible()
    sound(holder)
