"""Who stands behind a session or a token."""

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import DjangoAssertNumQueries

from hunhe.kernel.identity import actions, models, queries, tokens
from hunhe.kernel.identity.tests.conftest import PASSWORD, SYSTEM
from hunhe.stone.errors import Denied, NotFound, Unauthenticated
from hunhe.stone.who import Who


def test_posts_give_the_permissions_of_their_roles(official, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    account = models.Account.objects.get(id=official("li", "civil_affairs", "steward", "clerk").id)
    with django_assert_num_queries(1):
        who = queries.who_for_account(who=SYSTEM, account=account)
    assert (who.kind, who.department) == ("official", "civil_affairs")
    assert who.posts == ("civil_affairs.clerk", "civil_affairs.steward")
    assert {"collect.may_collect", "flow.may_open_cases"} <= who.may
    assert "audit.may_verify" not in who.may


def test_a_citizen_holds_no_permission(applied_city: None) -> None:
    made = actions.create_account(who=SYSTEM, username="zhang", password=PASSWORD, kind="citizen")
    who = queries.who_for_account(who=SYSTEM, account=models.Account.objects.get(id=made.id))
    assert (who.kind, who.level, who.subject_id, who.may) == ("citizen", 1, None, frozenset())


def test_only_the_city_itself_may_ask_who_someone_is(applied_city: None) -> None:
    with pytest.raises(Denied):
        queries.who_for_token(who=Who(id="a", kind="official"), token="hk_x")


def test_me_by_session_and_by_token(official, settings) -> None:
    settings.HUNHE_DEMO = True
    applicant = official("wang", "human_resources", "applicant")
    browser = Browser()
    assert browser.get("/api/v1/identity/me").status_code == 401
    browser.force_login(models.Account.objects.get(id=applicant.id), "django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/identity/me").json()["posts"] == ["human_resources.applicant"]

    made = browser.post("/api/v1/identity/clients", {"name": "payroll", "department": "human_resources"}, "application/json")
    assert made.status_code == 201
    secret, client = made.json()["secret"], made.json()["client"]
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Browser().get("/api/v1/identity/me", headers=bearer).json()["kind"] == "client"
    assert not models.Client.objects.filter(digest__contains=secret).exists()
    listed = browser.get("/api/v1/identity/clients?department=human_resources").json()
    assert [one["id"] for one in listed["items"]] == [client["id"]]
    assert secret not in str(listed)


@pytest.mark.django_db(transaction=True)
def test_a_revoked_client_is_nobody_at_once_here(official) -> None:
    official("wang", "human_resources", "applicant")
    made = actions.create_client(who=SYSTEM, name="payroll", department="human_resources")
    who = queries.who_for_token(who=SYSTEM, token=made.secret)
    assert who is not None
    assert who.department == "human_resources"
    actions.revoke_client(who=SYSTEM, client_id=made.client.id)
    assert queries.who_for_token(who=SYSTEM, token=made.secret) is None


def test_tokens_are_looked_up_once_in_a_while(applied_city: None, django_assert_num_queries, monkeypatch) -> None:
    made = actions.create_client(who=SYSTEM, name="payroll", department="human_resources")
    tokens.forget()
    monkeypatch.setattr(tokens.time, "monotonic", lambda: 100.0)
    with django_assert_num_queries(1):
        for _ in range(3):
            assert queries.who_for_token(who=SYSTEM, token=made.secret) is not None
    monkeypatch.setattr(tokens.time, "monotonic", lambda: 100.0 + tokens.HELD_SECONDS)
    with django_assert_num_queries(1):
        queries.who_for_token(who=SYSTEM, token=made.secret)


def test_an_unknown_token_is_refused_before_any_view(applied_city: None) -> None:
    reply = Browser().get("/api/v1/identity/me", headers={"Authorization": "Bearer hk_nobody"})
    assert reply.status_code == 401
    assert reply.json()["code"] == "identity.token"


def test_a_session_needs_the_csrf_token_for_unsafe_calls(official, settings) -> None:
    settings.HUNHE_DEMO = True
    account = official("wang", "human_resources", "applicant")
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(models.Account.objects.get(id=account.id), "django.contrib.auth.backends.ModelBackend")
    body = {"name": "payroll", "department": "human_resources"}
    refused = browser.post("/api/v1/identity/clients", body, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.csrf")
    assert not models.Client.objects.exists()
    token = "a" * 32
    browser.cookies["csrftoken"] = token
    made = browser.post("/api/v1/identity/clients", body, "application/json", headers={"X-CSRFToken": token})
    assert made.status_code == 201


def test_clients_of_another_department_are_out_of_reach(official) -> None:
    account = models.Account.objects.get(id=official("wang", "human_resources", "applicant").id)
    who = queries.who_for_account(who=SYSTEM, account=account)
    other = actions.create_client(who=SYSTEM, name="their", department="public_security")
    with pytest.raises(Denied):
        actions.create_client(who=who, name="x", department="public_security")
    with pytest.raises(Denied):
        queries.list_clients(who=who, department="public_security")
    with pytest.raises(NotFound):
        actions.revoke_client(who=who, client_id=other.client.id)
    with pytest.raises(Unauthenticated):
        actions.create_client(who=Who.anonymous(), name="x", department="public_security")


@pytest.mark.parametrize("path", ["/api/v1/places/divisions/a%00b", "/api/v1/places/divisions?level=district&cursor=%00"])
def test_a_nul_in_the_address_is_refused(db: None, path: str) -> None:
    reply = Browser().get(path)
    assert (reply.status_code, reply.json()["code"]) == (422, "request.nul")


def test_a_nul_in_a_body_is_refused(official, settings) -> None:
    settings.HUNHE_DEMO = True
    account = official("wang", "human_resources", "applicant")
    browser = Browser()
    browser.force_login(models.Account.objects.get(id=account.id), "django.contrib.auth.backends.ModelBackend")
    reply = browser.post("/api/v1/identity/clients", {"name": "a\0b", "department": "human_resources"}, "application/json")
    assert (reply.status_code, reply.json()["code"]) == (422, "request.nul")
