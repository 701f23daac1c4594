"""The wall and the lists behind its tiles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hunhe.kernel.places import queries as places
from hunhe.portals.cockpit import queries
from hunhe.portals.cockpit.presenting import drill_context, wall_context
from hunhe.stone import clock
from hunhe.stone.who import Who


def wall(request: HttpRequest) -> HttpResponse:
    """The whole wall, or only what changes when htmx asks again."""
    who: Who = request.who  # type: ignore[attr-defined]  # set by WhoMiddleware
    found = queries.wall(who=who, mapped=request.GET.get("map", ""))
    seen = wall_context(found, places.sketch_map(who=who))
    seen["skew"] = round((clock.now() - clock.true_now()).total_seconds())
    return render(request, "cockpit/parts/wall.html" if request.headers.get("HX-Request") else "cockpit/wall.html", seen)


def drill(request: HttpRequest, indicator: str) -> HttpResponse:
    """The list behind one tile."""
    who: Who = request.who  # type: ignore[attr-defined]  # as above
    found, departments = queries.figure(who=who, id=indicator)
    return render(request, "cockpit/drill.html", drill_context(found, departments, who))
