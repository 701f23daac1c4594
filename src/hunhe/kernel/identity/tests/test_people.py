"""The desk's pages on people and posts, and on standing in: who may, what it changes, what a denied call leaves alone."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from conftest import PASSWORD, official_client
from hunhe.kernel.audit.models import Entry
from hunhe.kernel.identity import actions, models, queries
from hunhe.kernel.identity.days import today
from hunhe.stone.who import Who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prepared_city", "demo_folder")]
SYSTEM = Who.system("test")
NEW = {"name": "王丽", "username": "wang.li", "post": "civil_affairs.clerk"}
PEOPLE = "/desk/people/?department=civil_affairs"


def made_official(username: str, *roles: str) -> models.Account:
    made = actions.create_account(
        who=SYSTEM, username=username, password=PASSWORD, kind="official", department="civil_affairs", name=username
    )
    for role in roles:
        actions.appoint(who=SYSTEM, account_id=made.id, post=f"civil_affairs.{role}")
    return models.Account.objects.get(id=made.id)


def client_of(account: models.Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_administrator_lets_somebody_in_and_the_password_works() -> None:
    page = official_client("administrator").post(PEOPLE, NEW).content.decode()
    password = re.search(r"wang\.li<br>([\w-]+)<", page)[1]  # type: ignore[index]
    account = models.Account.objects.get(username="wang.li")
    assert queries.who_by_account_id(who=SYSTEM, account_id=account.id).posts == ("civil_affairs.clerk",)
    assert Client().post("/accounts/login/", {"login": "wang.li", "password": password}).status_code == 302
    assert password not in official_client("security_officer").get(PEOPLE).content.decode()


def test_a_taken_name_makes_nothing_and_says_so() -> None:
    administrator = official_client("administrator")
    administrator.post(PEOPLE, NEW)
    before = models.Appointment.objects.count()
    page = administrator.post(PEOPLE, NEW | {"post": "civil_affairs.decider"}).content.decode()
    assert "wang.li 已" in page
    assert models.Appointment.objects.count() == before


def test_an_administrator_gives_and_ends_posts_resets_and_shuts_out() -> None:
    person, administrator = made_official("li", "clerk"), official_client("administrator")
    inside = client_of(person)
    place = f"/desk/people/{person.id}/"
    administrator.post(f"{place}posts/", {"post": "civil_affairs.examiner", "since": today().isoformat(), "until": ""})
    assert queries.who_by_account_id(who=SYSTEM, account_id=person.id).posts == (
        "civil_affairs.clerk",
        "civil_affairs.examiner",
    )
    held = queries.person_by_id(who=SYSTEM, account_id=person.id).holdings[0]
    administrator.post(f"{place}posts/{held.appointment.id}/end/")
    assert queries.who_by_account_id(who=SYSTEM, account_id=person.id).posts == ("civil_affairs.examiner",)
    assert inside.get("/desk/").status_code == 200
    page = administrator.post(f"{place}reset/").content.decode()
    assert re.search(r"li<br>[\w-]{16}<", page)
    assert inside.get("/desk/").status_code == 302
    inside = client_of(models.Account.objects.get(pk=person.pk))
    administrator.post(f"{place}switch/", {"active": "0"})
    assert inside.get("/desk/").status_code == 302
    administrator.post(f"{place}switch/", {"active": "1"})
    assert models.Account.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("role", ["reviewer", "leader", "auditor", "security_officer"])
def test_others_change_nothing(role: str) -> None:
    person, other = made_official("li", "clerk"), official_client(role)
    before = (list(models.Appointment.objects.values()), models.Account.objects.values().get(pk=person.pk))
    place = f"/desk/people/{person.id}/"
    held = queries.person_by_id(who=SYSTEM, account_id=person.id).holdings[0]
    other.post(PEOPLE, NEW)
    for path in ("posts/", f"posts/{held.appointment.id}/end/", "reset/", "switch/"):
        answer = other.post(place + path, {"post": "civil_affairs.decider", "since": today().isoformat(), "active": "0"})
        assert answer.status_code == 403, path
    assert (list(models.Appointment.objects.values()), models.Account.objects.values().get(pk=person.pk)) == before
    assert other.get(place).status_code == (200 if role == "security_officer" else 403)
    assert not models.Account.objects.filter(username="wang.li").exists()


def test_nobody_manages_their_own_account() -> None:
    administrator = official_client("administrator")
    own = models.Account.objects.get(username="t.administrator")
    page = administrator.get(f"/desk/people/{own.id}/").content.decode()
    assert "停用" not in page
    assert administrator.post(f"/desk/people/{own.id}/switch/", {"active": "0"}).status_code == 403
    assert administrator.post(f"/desk/people/{own.id}/reset/").status_code == 403


def test_the_list_finds_by_name_and_department_in_a_constant_number_of_queries(django_assert_max_num_queries) -> None:
    administrator = official_client("administrator")
    for number in range(30):
        made_official(f"li{number:02}", "clerk")
    administrator.get("/desk/people/")
    with django_assert_max_num_queries(14):
        page = administrator.get("/desk/people/").content.decode()
    assert "li29" in page
    assert "li07" in administrator.get("/desk/people/?q=li07").content.decode()
    assert "li08" not in administrator.get("/desk/people/?q=li07").content.decode()
    assert "li07" not in administrator.get("/desk/people/?department=data_bureau").content.decode()


def test_a_colleague_stands_in_and_either_ends_it() -> None:
    holder, deputy, stranger = made_official("li", "decider"), made_official("wu", "clerk"), official_client("reviewer")
    days = {"since": today().isoformat(), "until": (today() + timedelta(days=5)).isoformat()}
    client_of(holder).post("/desk/stand-ins/", {"post": "civil_affairs.decider", "deputy": deputy.id, **days})
    assert "civil_affairs.decider" in queries.who_by_account_id(who=SYSTEM, account_id=deputy.id).posts
    assert "您代 li 履行" in client_of(deputy).get("/desk/stand-ins/").content.decode()
    given = queries.cover_of(who=queries.who_by_account_id(who=SYSTEM, account_id=holder.id)).given[0].delegation
    assert stranger.post(f"/desk/stand-ins/{given.id}/end/").status_code == 404
    assert "civil_affairs.decider" in queries.who_by_account_id(who=SYSTEM, account_id=deputy.id).posts
    client_of(deputy).post(f"/desk/stand-ins/{given.id}/end/")
    assert queries.who_by_account_id(who=SYSTEM, account_id=deputy.id).posts == ("civil_affairs.clerk",)
    assert Entry.objects.filter(act="identity.post.given_back").count() == 1


def test_a_stand_in_that_would_unite_duties_is_refused_in_words() -> None:
    auditor = official_client("auditor")
    other = models.Account.objects.get(username="t.auditor")
    security = actions.create_account(
        who=SYSTEM, username="wu", password=PASSWORD, kind="official", department="data_bureau", name="wu"
    )
    actions.appoint(who=SYSTEM, account_id=security.id, post="data_bureau.security_officer")
    day = today().isoformat()
    post = {"post": "data_bureau.auditor", "deputy": security.id, "since": day, "until": day}
    assert auditor.post("/desk/stand-ins/", post).status_code in (403, 409, 422)
    assert not models.Delegation.objects.filter(holder=other).exists()
