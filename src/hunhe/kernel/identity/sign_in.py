"""The pages of signing in, out and up: those of django-allauth that Hunhe uses, and what it does differently.

Mounted by the house at `/accounts/` without namespace, because allauth finds them by their own names.
"""

from datetime import timedelta

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from hunhe.kernel.identity.models import Account

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
    """Officials land on the desk, citizens on the start page; a name that differs only in case is taken."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = request.user
        return "/desk/" if isinstance(account, Account) and account.kind == "official" else "/"


def locked(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """The page after too many failed logins (429)."""
    wait = get_cool_off(request) or timedelta(minutes=15)
    return render(request, "identity/locked.html", {"minutes": round(wait.total_seconds() / 60)}, status=429)
