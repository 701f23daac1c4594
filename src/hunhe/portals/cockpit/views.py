"""The wall and the lists behind its tiles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hunhe.kernel.places import queries as places
from hunhe.portals.cockpit import queries
from hunhe.portals.cockpit.presenting import claims_context, drill_context, registry_context, wall_context
from hunhe.stone import clock
from hunhe.stone.who import Who


def wall(request: HttpRequest) -> HttpResponse:
    """The whole wall, or only what changes when htmx asks again."""
    who: Who = request.who  # type: ignore[attr-defined]  # set by WhoMiddleware
    seen = wall_context(queries.wall(who=who), places.sketch_map(who=who), request.GET.get("map", ""))
    seen["lanes"] = "hunhe.lanes" in request.META
    seen["skew"] = round((clock.now() - clock.true_now()).total_seconds())
    return render(request, "cockpit/parts/wall.html" if request.headers.get("HX-Request") else "cockpit/wall.html", seen)


def drill(request: HttpRequest, indicator: str) -> HttpResponse:
    """The list behind one tile."""
    who: Who = request.who  # type: ignore[attr-defined]  # as above
    found, departments = queries.figure(who=who, id=indicator)
    return render(request, "cockpit/drill.html", drill_context(found, departments, who))


def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator: who owns which number, how fresh it must be, what it was when last counted."""
    who: Who = request.who  # type: ignore[attr-defined]  # as above
    found, departments = queries.figures(who=who)
    return render(request, "cockpit/indicators.html", registry_context(found, departments))


def claims(request: HttpRequest) -> HttpResponse:
    """The article's numbers beside what this city counts."""
    who: Who = request.who  # type: ignore[attr-defined]  # as above
    return render(request, "cockpit/claims.html", claims_context(queries.article(who=who)))
