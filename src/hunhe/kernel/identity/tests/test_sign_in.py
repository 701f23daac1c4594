"""Signing in, up and out through the pages; one-time codes, locks, idle sessions."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.messages import get_messages
from django.test import Client as Browser

from hunhe.kernel.identity import actions, middleware, models, queries
from hunhe.kernel.identity.tests.conftest import PASSWORD
from hunhe.stone import clock
from hunhe.stone.errors import Denied
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
SYSTEM = Who.system("test")


def sign_in(browser: Browser, username: str, password: str = PASSWORD):
    return browser.post("/accounts/login/", {"login": username, "password": password})


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_signing_up_makes_a_citizen_of_level_one() -> None:
    browser = Browser()
    page = browser.get("/accounts/signup/").content.decode()
    assert "allauth" not in page
    reply = browser.post("/accounts/signup/", {"username": "liu", "password1": PASSWORD, "password2": PASSWORD})
    assert (reply.status_code, reply.url) == (302, "/")
    account = models.Account.objects.get(username="liu")
    assert (account.kind, account.level, account.department, account.subject_id) == ("citizen", 1, "", None)
    assert account.id.startswith("acc_")
    assert browser.get("/api/v1/identity/me").json()["kind"] == "citizen"
    browser.post("/accounts/logout/")
    assert browser.get("/api/v1/identity/me").status_code == 401


@pytest.mark.parametrize("password", ["short", "liu-liu-liu-liu", "password1234"])
def test_a_weak_password_makes_no_account(password: str) -> None:
    reply = Browser().post("/accounts/signup/", {"username": "liu-liu-liu", "password1": password, "password2": password})
    assert reply.status_code == 200
    assert not models.Account.objects.exists()


def test_what_is_wrong_with_a_password_is_said_in_the_readers_language() -> None:
    reply = Browser().post("/accounts/signup/", {"username": "liu", "password1": "short", "password2": "short"})
    page = reply.content.decode()
    assert "密码太短，至少要 12 个字符。" in page
    assert "This password" not in page


def test_a_name_that_differs_only_in_case_is_taken(official) -> None:
    official("wang", "civil_affairs")
    reply = Browser().post("/accounts/signup/", {"username": "WANG", "password1": PASSWORD, "password2": PASSWORD})
    assert reply.status_code == 200
    assert models.Account.objects.count() == 1


def test_signing_in_renews_the_session_key(official, settings) -> None:
    settings.HUNHE_DEMO = True
    official("wang", "civil_affairs")
    browser = Browser()
    browser.get("/accounts/login/")
    session = browser.session
    session["planted"] = "by an attacker"
    session.save()
    before = session.session_key
    reply = sign_in(browser, "wang")
    assert (reply.status_code, reply.url) == (302, "/desk/")
    assert not list(get_messages(reply.wsgi_request))
    assert browser.session.session_key != before


def test_an_official_must_set_up_one_time_codes_before_anything_else(official) -> None:
    official("wang", "civil_affairs", "steward")
    browser = Browser()
    sign_in(browser, "wang")
    assert browser.get("/desk/").url == "/accounts/2fa/totp/activate/"
    refused = browser.get("/api/v1/identity/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.second_factor")

    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret is not None
    done = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret.group(1))})
    assert done.status_code == 302
    assert browser.get(done.url).status_code == 200
    assert browser.get("/api/v1/identity/me").json()["posts"] == ["civil_affairs.steward"]


def test_signing_in_asks_for_the_code_and_takes_no_wrong_one(official, monkeypatch) -> None:
    account = models.Account.objects.get(id=official("wang", "civil_affairs", "steward").id)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    browser = Browser()
    asked = sign_in(browser, "wang")
    assert asked.url == "/accounts/2fa/authenticate/"
    assert browser.get("/api/v1/identity/me").status_code == 401
    right = code_of(secret)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert browser.post(asked.url, {"code": wrong}).status_code == 200
    assert browser.get("/api/v1/identity/me").status_code == 401
    assert browser.post(asked.url, {"code": right}).status_code == 302
    assert browser.get("/api/v1/identity/me").status_code == 200
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))


def test_after_eight_wrong_passwords_the_right_one_waits_too(official, settings) -> None:
    settings.HUNHE_DEMO = True
    official("wang", "civil_affairs")
    official("zhao", "civil_affairs")
    browser = Browser()
    replies = [sign_in(browser, "wang", "wrong-password-here") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [reply.status_code for reply in replies] == [200] * 7 + [429]
    locked = sign_in(browser, "wang")
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert sign_in(Browser(), "zhao").status_code == 302


def test_an_idle_official_is_signed_out_and_a_busy_one_is_not(official, settings, monkeypatch) -> None:
    settings.HUNHE_DEMO = True
    official("wang", "civil_affairs")
    browser = Browser()
    sign_in(browser, "wang")
    start = clock.true_now()

    def at(minutes: int) -> int:
        monkeypatch.setattr(middleware.clock, "true_now", lambda: start + timedelta(minutes=minutes))
        return browser.get("/api/v1/identity/me").status_code

    assert [at(minutes) for minutes in (0, 29, 58, 87)] == [200] * 4
    assert [at(minutes) for minutes in (118, 119)] == [401] * 2


def test_a_switched_off_account_is_nobody_with_its_next_request(official, settings) -> None:
    settings.HUNHE_DEMO = True
    account = official("wang", "civil_affairs")
    browser = Browser()
    sign_in(browser, "wang")
    models.Account.objects.filter(id=account.id).update(is_active=False)
    assert browser.get("/api/v1/identity/me").status_code == 401


@pytest.mark.parametrize(
    "page", ["login/", "signup/", "inactive/", "logout/", "password/change/", "2fa/", "2fa/totp/activate/", "reauthenticate/"]
)
def test_every_page_wears_the_citys_clothes(official, settings, page: str) -> None:
    settings.HUNHE_DEMO = True
    official("wang", "civil_affairs")
    browser = Browser()
    if page not in ("login/", "signup/", "inactive/"):
        sign_in(browser, "wang")
    reply = browser.get(f"/accounts/{page}")
    assert reply.status_code == 200
    assert "identity/entrance.html" in [template.name for template in reply.templates]


@pytest.mark.parametrize("page", ["email/", "password/reset/", "password/set/", "confirm-email/"])
def test_pages_that_need_mail_do_not_exist(page: str) -> None:
    assert Browser().get(f"/accounts/{page}").status_code == 404


def test_nobody_is_led_away_to_another_site(official, settings) -> None:
    settings.HUNHE_DEMO = True
    official("wang", "civil_affairs")
    reply = Browser().post("/accounts/login/", {"login": "wang", "password": PASSWORD, "next": "https://evil.example/"})
    assert reply.url == "/desk/"


def test_who_lost_password_and_telephone_begins_anew(official) -> None:
    account = models.Account.objects.get(id=official("wang", "civil_affairs", "steward").id)
    TOTP.activate(account, generate_totp_secret())
    inside = Browser()
    inside.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    actions.reset_access(who=SYSTEM, account_id=account.id, password="another horse 7 battery")
    assert inside.get("/desk/").url.startswith("/accounts/login/")
    browser = Browser()
    assert sign_in(browser, "wang").status_code == 200, "the old password opens nothing"
    assert browser.post("/accounts/login/", {"login": "wang", "password": "another horse 7 battery"}).status_code == 302
    assert browser.get("/desk/").url == "/accounts/2fa/totp/activate/"


def test_only_who_manages_accounts_resets_them(official) -> None:
    made = official("wang", "civil_affairs", "steward")
    before = models.Account.objects.get(id=made.id).password
    other = queries.who_by_account_id(who=SYSTEM, account_id=official("li", "civil_affairs", "steward").id)
    with pytest.raises(Denied):
        actions.reset_access(who=other, account_id=made.id, password="another horse 7 battery")
    assert models.Account.objects.get(id=made.id).password == before
