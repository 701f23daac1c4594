"""The desk page of jobs and dead letters."""

from typing import get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hunhe.kernel.events import actions, queries
from hunhe.kernel.events.shapes import State
from hunhe.ui.callers import caller

_STATES: tuple[State, ...] = get_args(State)


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Jobs by state, newest first; what gave up stands above."""
    who = caller(request)
    state = next((known for known in _STATES if known == request.GET.get("state")), None)
    shown = {
        "page": queries.list_jobs(who=who, state=state, cursor=request.GET.get("cursor")),
        "dead": queries.list_dead(who=who),
        "stocks": queries.backlog(who=who),
        "states": _STATES,
        "state": state,
        "may_retry": who.holds("events.may_retry_jobs"),
    }
    return render(request, "events/jobs.html", shown)


@require_safe
def dead(request: HttpRequest) -> HttpResponse:
    """Every dead letter."""
    who = caller(request)
    page = queries.list_dead(who=who, cursor=request.GET.get("cursor"))
    return render(request, "events/dead.html", {"page": page, "may_retry": who.holds("events.may_retry_jobs")})


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try a dead letter again, and return to the page."""
    actions.retry_dead(who=caller(request), id=request.POST.get("id", ""))
    messages.success(request, gettext("It will be tried again now."))
    return redirect("events:jobs")
