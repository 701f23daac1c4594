"""The pages of signing in, out and up: those of django-allauth that Hunhe uses, and what it does differently.

Mounted by the house at `/accounts/` without namespace, because allauth finds them by their own names.
"""

import base64
from datetime import timedelta
from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.helpers import get_cool_off
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.identity import browsers
from hunhe.kernel.identity.models import Account
from hunhe.kernel.identity.queries import who_for_account
from hunhe.stone import clock, crypto
from hunhe.stone.who import Who

SYSTEM = Who.system("sign-in")
FRESH_SECONDS = 300
BOUND = b"hunhe.identity.second_factor"

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Officials land on the desk, citizens on the start page; each way in is on record."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = request.user
        return "/desk/" if isinstance(account, Account) and account.kind == "official" else "/"

    def post_login(self, request: HttpRequest, user: Account, **how: Any) -> HttpResponse:
        audit.record(who=who_for_account(who=SYSTEM, account=user), act="identity.account.signed_in", object=user.id)
        browsers.note(request, user.id)
        reply: HttpResponse = super().post_login(request, user, **how)
        return reply

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has just signed in is not asked for the password twice."""
        records = get_authentication_records(context.request, context.request.user)
        return not any(clock.true_now().timestamp() - record["at"] < FRESH_SECONDS for record in records)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Secrets of authenticator apps are kept sealed; the key lies beside the city's data, not in it."""

    def encrypt(self, text: str) -> str:
        sealed = crypto.profile(settings.HUNHE_CRYPTO).encrypt(_key(), text.encode(), BOUND)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.profile(settings.HUNHE_CRYPTO).decrypt(_key(), base64.b64decode(encrypted_text), BOUND).decode()


def _key() -> bytes:
    return crypto.key_file(settings.HUNHE_KEYS, "identity.key", crypto.profile(settings.HUNHE_CRYPTO).new_key)


def locked(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """The page after too many failed logins (429)."""
    wait = get_cool_off(request) or timedelta(minutes=15)
    return render(request, "identity/locked.html", {"minutes": round(wait.total_seconds() / 60)}, status=429)
