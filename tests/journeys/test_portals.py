"""The portals in a real browser: accessible and unbroken on a phone and a desk, in Chinese and English, for elders too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hunhe.kernel.city import actions as city
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as identity_queries
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who
from hunhe.ui import pages
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = Who.system("test")


POSTS = {
    "steward": "human_resources.steward",
    "applicant": "human_resources.applicant",
    "reviewer": "data_bureau.reviewer",
    "administrator": "data_bureau.administrator",
    "security_officer": "data_bureau.security_officer",
    "auditor": "data_bureau.auditor",
    "licence_keeper": "civil_affairs.licence_keeper",
    "patrol": "urban_management.patrol",
    "dispatcher": "urban_management.dispatcher",
    "fixer": "urban_management.fixer",
    "inspector": "urban_management.inspector",
    "supervisor": "urban_management.supervisor",
}


@pytest.fixture
def people(transactional_db: None, settings: Any) -> dict[str, str]:
    """Sessions of a citizen and of one official per post in the reference city, by name."""
    settings.HUNHE_DEMO = True  # officials need no second factor in a demo folder
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    found = {name: _session(name, "official", post.split(".")[0], post) for name, post in POSTS.items()}
    return found | {"citizen": _session("citizen", "citizen", None, None)}


def _session(username: str, kind: Any, department: str | None, post: str | None) -> str:
    account = identity.create_account(
        who=SYSTEM, username=username, password="correct horse battery", kind=kind, department=department, name="林若溪"
    )
    if post:
        identity.appoint(who=SYSTEM, account_id=account.id, post=post)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def _registered() -> list[tuple[str, str]]:
    """Every page that a room put into the navigation, with somebody who may open it."""
    visitors = {
        name: identity_queries.who_for_account(who=SYSTEM, account=Account.objects.get(username=name)) for name in POSTS
    }
    found = []
    for page in pages.registered():
        able = (name for name, who in visitors.items() if page.may is None or who.holds(page.may))
        name = "citizen" if page.skin == "citizen" else next(able, None)
        if name is not None:
            found.append((name, reverse(page.url_name)))
    return found


PAGES = [
    ("", "/"),
    ("", "/find/?q=x"),
    ("", "/accounts/login/"),
    ("", "/no-such-page/"),
    ("citizen", "/notices/"),
    ("steward", "/desk/find/?q=x"),
    ("steward", "/desk/jobs/"),  # refused
    ("administrator", "/desk/"),
    ("reviewer", "/cockpit/indicators/collect.quarantine_rate_today/"),
]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_have_no_violations(reader: Callable[..., Reader], people: dict[str, str], width: int) -> None:
    wrong = []
    for name, path in dict.fromkeys([*PAGES, *_registered()]):
        reading = reader(width=width, session=people.get(name, ""))
        reading.open(path)
        wrong += [f"{name} {path}: {violation}" for violation in reading.violations()]
        if reading.overflow() > 0:
            wrong.append(f"{name} {path}: {reading.overflow()} px too wide")
        wrong += [
            f"{name} {path}: {complaint}" for complaint in reading.complaints if "the server responded with" not in complaint
        ]
    assert not wrong, "\n".join(wrong)


def test_the_elder_page_has_no_violations_and_large_targets(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    reading = reader(width=390, elder=True, session=people["citizen"])
    page = reading.open("/")
    assert reading.violations() == []
    assert reading.overflow() <= 0
    heights = page.evaluate(
        "[...document.querySelectorAll('main a, main button')].map(way => way.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 72


def test_switching_to_the_elder_layout_and_back(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    page = reader(width=390, session=people["citizen"]).open("/")
    page.get_by_role("button", name="长辈版").first.click()
    page.wait_for_selector("[data-layout=elder]")
    page.get_by_role("button", name="通用版").click()
    page.wait_for_selector(".hero")


def test_slash_leads_to_search_and_finds(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    page = reader(session=people["steward"]).open("/desk/")
    page.keyboard.press("/")
    page.keyboard.type("没有这样的东西")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/find/**")
    assert "没有这个名字或号码" in page.locator("main").inner_text()


def test_a_tile_leads_to_its_list_and_back(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    page = reader(session=people["reviewer"]).open("/cockpit/")
    page.locator("a.tile").first.click()
    page.wait_for_url("**/cockpit/indicators/*/")
    page.get_by_role("link", name="回到大屏").click()
    page.wait_for_url("**/cockpit/")
    assert page.locator(".sketch .floe").count() > 0


def test_the_wall_refreshes_itself(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    page = reader(session=people["reviewer"]).open("/cockpit/")
    page.evaluate("document.querySelector('.tile').dataset.mine = 'old'")
    page.evaluate("htmx.ajax('GET', '/cockpit/', {target: '#wall', swap: 'innerHTML'})")
    page.wait_for_function("!document.querySelector('.tile').dataset.mine")
    assert page.locator("#wall #wall").count() == 0
