"""The wall and the lists behind its tiles."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.kernel.places import queries as places
from hunhe.portals.cockpit import actions, queries
from hunhe.portals.cockpit.presenting import (
    claims_context,
    drill_context,
    happenings_context,
    orders_context,
    registry_context,
    wall_context,
)
from hunhe.stone import clock
from hunhe.ui.callers import caller


@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The whole wall, or only what changes when htmx asks again."""
    who = caller(request)
    seen = wall_context(queries.wall(who=who), places.sketch_map(who=who), request.GET.get("map", ""))
    seen["lanes"] = "hunhe.lanes" in request.META
    seen["skew"] = round((clock.now() - clock.true_now()).total_seconds())
    return render(request, "cockpit/parts/wall.html" if request.headers.get("HX-Request") else "cockpit/wall.html", seen)


@require_GET
def drill(request: HttpRequest, indicator: str) -> HttpResponse:
    """The list behind one tile."""
    who = caller(request)
    return render(request, "cockpit/drill.html", drill_context(queries.figure(who=who, id=indicator), who))


@require_POST
def ask(request: HttpRequest, indicator: str) -> HttpResponse:
    """An order about one number."""
    who = caller(request)
    asked = actions.ask_about(
        who=who, indicator=indicator, question=request.POST.get("question", ""), key=request.POST.get("key", "")
    )
    messages.success(request, gettext("Asked. The answer comes back to you as case %(number)s.") % {"number": asked.number})
    return redirect("cockpit:drill", indicator)


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """What was asked about numbers, newest first."""
    who = caller(request)
    page = queries.list_orders(who=who, cursor=request.GET.get("cursor"))
    return render(request, "cockpit/orders.html", orders_context(page, queries.departments(who=who)))


@require_GET
def happenings(request: HttpRequest) -> HttpResponse:
    """What happened today, newest first."""
    who = caller(request)
    page = queries.happenings(who=who, cursor=request.GET.get("cursor"))
    return render(request, "cockpit/happenings.html", happenings_context(page))


@require_GET
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator: who owns which number, how fresh it must be, what it was when last counted."""
    who = caller(request)
    return render(request, "cockpit/indicators.html", registry_context(queries.figures(who=who)))


@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    """The article's numbers beside what this city counts."""
    who = caller(request)
    return render(request, "cockpit/claims.html", claims_context(queries.article(who=who)))
