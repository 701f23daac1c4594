"""Landing, search, jobs and dead letters."""

from typing import get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hunhe.kernel.events import actions as event_actions
from hunhe.kernel.events import queries as events
from hunhe.kernel.events.shapes import State
from hunhe.portals.desk import queries
from hunhe.stone.who import Who

LONGEST_TEXT = 80


def landing(request: HttpRequest) -> HttpResponse:
    """What waits for this post."""
    return render(request, "desk/landing.html", {"landing": queries.landing(who=_who(request))})


def search(request: HttpRequest) -> HttpResponse:
    text = _asked(request)
    return render(request, "desk/search.html", {"text": text, "hits": queries.search(who=_who(request), text=text)})


def jobs(request: HttpRequest) -> HttpResponse:
    """Jobs by state, and what gave up."""
    who = _who(request)
    state = next((known for known in get_args(State) if known == request.GET.get("state")), None)
    page = events.list_jobs(who=who, state=state, cursor=request.GET.get("cursor"))
    shown = {"page": page, "state": state, "states": get_args(State), "dead": events.list_dead(who=who).items}
    return render(request, "desk/jobs.html", shown)


@require_POST
def retry(request: HttpRequest, letter: str) -> HttpResponse:
    """Give what gave up all its attempts again."""
    event_actions.retry_dead(who=_who(request), id=letter)
    messages.success(request, gettext("It is tried again now."))
    return redirect("desk:jobs")


def _who(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]  # set by WhoMiddleware
    return who


def _asked(request: HttpRequest) -> str:
    """What was typed into the search box, without what no keyboard types."""
    return "".join(character for character in request.GET.get("q", "") if character.isprintable()).strip()[:LONGEST_TEXT]
