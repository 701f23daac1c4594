"""One's own account: name, level, password, and the browsers that are signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.kernel.identity import actions, queries
from hunhe.stone.errors import Unauthenticated, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Which browsers are signed in, since when; one press signs the others out."""
    who = _person(request)
    sessions = queries.list_sessions(who=who, current=request.session.session_key or "")
    shown = {"sessions": sessions, "others": sum(not one.current for one in sessions), "username": request.user.get_username()}
    return render(request, "identity/account.html", shown)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    keep = request.session.session_key or ""
    ended = actions.end_sessions(who=_person(request), keep=keep, session_id=request.POST.get("session", "")[:40])
    if ended:
        said = ngettext("%(n)d browser was signed out.", "%(n)d browsers were signed out.", ended) % {"n": ended}
        messages.success(request, said)
    else:
        messages.success(request, gettext("No other browser was signed in."))
    return redirect("identity:account")


def _person(request: HttpRequest) -> Who:
    who = caller(request)
    if who.kind not in ("citizen", "official"):
        raise Unauthenticated("door.sign_in", msgid("Please sign in first."))
    return who
