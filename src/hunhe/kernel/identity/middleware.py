"""Notes who asks from the session or a bearer token, ends idle sessions, and sends officials to set up their second factor."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from hunhe.kernel.identity import browsers, queries, rules
from hunhe.kernel.identity.models import Account
from hunhe.kernel.identity.sessions import lacks_second_factor
from hunhe.stone import clock
from hunhe.stone.errors import Denied, HunheError, Invalid, Unauthenticated, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import identify
from hunhe.ui.problems import problem

SYSTEM = Who.system("sign-in")
SEEN = "seen"
SEEN_EVERY_SECONDS = 60
OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/static/")


def bearer(header: str) -> str | None:
    """The token of an `Authorization: Bearer …` header; None for any other header."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def holds_nul() -> Invalid:
    return Invalid("request.nul", msgid("The request holds a NUL character, which no field allows."))


class WhoMiddleware:
    """Who is asking; refuses what cannot be meant before any room sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problem(holds_nul())
        try:
            identify(request, _caller(request))
        except HunheError as error:
            return problem(error)
        if _lacks_second_factor(request):
            return _ask_for_second_factor(request)
        return self.get_response(request)


def _caller(request: HttpRequest) -> Who:
    token = bearer(request.headers.get("Authorization", ""))
    if token is not None:
        who = queries.who_for_token(who=SYSTEM, token=token)
        if who is None:
            raise Unauthenticated("identity.token", msgid("This token is unknown or revoked. Create a new one."))
        return who
    account = request.user
    if not isinstance(account, Account) or _has_rested(request, account):
        return Who.anonymous()
    return queries.who_for_account(who=SYSTEM, account=account)


def _has_rested(request: HttpRequest, account: Account) -> bool:
    """True, and signed out, after too long a rest. The moment last seen is noted once a minute."""
    now, seen = clock.true_now(), request.session.get(SEEN)
    if seen is not None:
        last = datetime.fromisoformat(seen)
        if rules.is_idle(account.shape().kind, last, now):
            logout(request)
            return True
        if (now - last).total_seconds() < SEEN_EVERY_SECONDS:
            return False
    request.session[SEEN] = now.isoformat()
    browsers.seen(request, now)
    return False


def _lacks_second_factor(request: HttpRequest) -> bool:
    """An official outside a demo folder who has not set up one-time codes yet."""
    if settings.HUNHE_DEMO or request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR):
        return False
    return isinstance(request.user, Account) and lacks_second_factor(request.user)


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        message = msgid("Officials sign in with one-time codes. Set them up on your account page first.")
        return problem(Denied("identity.second_factor", message))
    return HttpResponseRedirect(reverse("mfa_activate_totp"))
