"""Browsers that are signed in: listed with their device, signed out from afar, nobody else's."""

import pytest
from django.test import Client

from conftest import PASSWORD
from hunhe.kernel.identity import actions, models, queries
from hunhe.kernel.identity.browsers import device_of
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
SYSTEM = Who.system("test")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


def signed_in(username: str, agent: str) -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture
def shen(db: None) -> Who:
    made = actions.create_account(who=SYSTEM, username="shen.yi", password=PASSWORD, kind="citizen")
    actions.create_account(who=SYSTEM, username="wu.er", password=PASSWORD, kind="citizen")
    return queries.who_by_account_id(who=SYSTEM, account_id=made.id)


def test_each_browser_is_listed_with_its_device(shen: Who):
    phone, desk = signed_in("shen.yi", IPHONE), signed_in("shen.yi", WINDOWS)
    signed_in("wu.er", WINDOWS)
    page = phone.get("/account/").content.decode()
    assert "iPhone Safari" in page
    assert "Windows Chrome" in page
    assert page.count("Windows Chrome") == 1
    assert "这一台" in page
    assert desk.get("/account/").status_code == 200


def test_the_others_are_signed_out_from_afar(shen: Who):
    phone, desk, other = signed_in("shen.yi", IPHONE), signed_in("shen.yi", WINDOWS), signed_in("wu.er", WINDOWS)
    phone.post("/account/sessions/end/")
    assert desk.get("/account/").status_code == 302
    assert phone.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 200
    assert len(queries.list_sessions(who=shen)) == 1


def test_one_of_them_and_nobody_elses(shen: Who):
    phone, desk, other = signed_in("shen.yi", IPHONE), signed_in("shen.yi", WINDOWS), signed_in("wu.er", WINDOWS)
    row = models.Session.objects.get(device="Windows Chrome", account_id=shen.id)
    other.post("/account/sessions/end/", {"session": row.id})
    assert desk.get("/account/").status_code == 200
    phone.post("/account/sessions/end/", {"session": row.id})
    assert desk.get("/account/").status_code == 302


def test_a_session_that_ended_by_itself_is_forgotten(shen: Who):
    phone = signed_in("shen.yi", IPHONE)
    assert len(queries.list_sessions(who=shen)) == 1
    phone.post("/accounts/logout/")
    assert queries.list_sessions(who=shen) == ()
    assert not models.Session.objects.filter(account_id=shen.id).exists()


def test_an_erased_account_is_an_empty_shell(shen: Who):
    actions.raise_level(who=SYSTEM, account_id=shen.id, subject_id="per_1", level=2)
    phone = signed_in("shen.yi", IPHONE)
    assert actions.erase_accounts(who=SYSTEM, subject_id="per_1") == 1
    assert phone.get("/account/").status_code == 302
    assert Client().post("/accounts/login/", {"login": "shen.yi", "password": PASSWORD}).status_code == 200  # asked again
    row = models.Account.objects.get(pk=shen.id)
    assert (row.display_name, row.subject_id, row.is_active, row.has_usable_password()) == ("", None, False, False)
    assert actions.erase_accounts(who=SYSTEM, subject_id="per_1") == 0


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPHONE, "iPhone Safari"),
        (WINDOWS, "Windows Chrome"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile MicroMessenger/8.0", "Android WeChat"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Linux Firefox"),
        ("curl/8", ""),
    ],
)
def test_devices_in_a_word_or_two(agent: str, device: str):
    assert device_of(agent) == device
