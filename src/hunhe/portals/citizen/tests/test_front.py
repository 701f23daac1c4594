"""The front page of strangers, of people without and with a confirmed name; search over published data."""

import re

import pytest
from django.test import Client

from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.kernel.notify import actions as notify
from hunhe.portals.citizen import queries
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
SYSTEM = Who.system("test")


@pytest.fixture
def citizen(prepared_city: None) -> tuple[Client, str]:
    account = identity.create_account(
        who=SYSTEM, username="ruoxi", password="correct horse battery", kind="citizen", department=None, name="林若溪"
    )
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client, account.id


def test_strangers_get_a_page_without_anybodys_data(prepared_city: None) -> None:
    client = Client()
    for path in ("/", "/find/", "/find/?q=x"):
        assert client.get(path).status_code == 200, path
    front = queries.front(who=Who.anonymous())
    assert (front.cases, front.notices, front.turns) == ((), (), 0)


def _ways(client: Client) -> list[str]:
    page = client.get("/").content.decode()
    return re.findall(r'href="([^"]+)"', page[page.index('class="ways"') :].split("</nav>")[0])


def test_a_strangers_short_ways_are_four_and_open(prepared_city: None) -> None:
    ways = _ways(Client())
    assert len(ways) == 4
    opened = {way: Client().get(way, follow=True) for way in ways}
    assert {way: reply.status_code for way, reply in opened.items()} == dict.fromkeys(ways, 200)
    assert {"/air/", "/verify/", "/service/"} <= {reply.request["PATH_INFO"] for reply in opened.values()}


def test_a_citizens_short_ways_are_four_that_the_bar_has_not(citizen: tuple[Client, str]) -> None:
    client, _ = citizen
    ways = _ways(client)
    page = client.get("/").content.decode()
    bar = re.findall(r'href="([^"]+)"', page[page.index('class="dock"') :].split("</nav>")[0])
    assert len(ways) == 4
    assert not set(ways) & set(bar)


def test_a_person_meets_their_name_and_notices(citizen: tuple[Client, str]) -> None:
    client, account = citizen
    notify.send(
        who=SYSTEM, to_account=account, title="Your %(what)s is ready", body="", link="/", key="k", params={"what": "card"}
    )
    page = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "林若溪" in page
    assert "Your card is ready" in page


@pytest.mark.parametrize("path", ["/cases/", "/uses/", "/licences/"])
def test_who_has_no_confirmed_name_is_led_to_confirming_it(citizen: tuple[Client, str], path: str) -> None:
    client, _ = citizen
    reply = client.get(path)
    assert reply.status_code == 200
    assert b'href="/code/real-name/"' in reply.content


def test_elders_get_their_own_page(citizen: tuple[Client, str]) -> None:
    client, _ = citizen
    client.cookies["hunhe_layout"] = "elder"
    page = client.get("/").content.decode()
    assert 'data-layout="elder"' in page
    assert "data-read-aloud" in page
    assert "tel:12345" in page


@pytest.mark.parametrize("text", ["%", "'; drop table", "x" * 5000, "就业"])
def test_search_takes_any_text(prepared_city: None, text: str) -> None:
    assert Client().get("/find/", {"q": text}).status_code == 200
