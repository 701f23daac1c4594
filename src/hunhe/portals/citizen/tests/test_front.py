"""The front page of strangers, of people without and with a confirmed name; search over published data."""

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


def test_a_person_meets_their_name_and_notices(citizen: tuple[Client, str]) -> None:
    client, account = citizen
    notify.send(
        who=SYSTEM, to_account=account, title="Your %(what)s is ready", body="", link="/", key="k", params={"what": "card"}
    )
    page = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "林若溪" in page
    assert "Your card is ready" in page


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
