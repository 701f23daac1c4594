"""Citizen pages: report a problem, my reports, how it stands; and the photos for every skin."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from hunhe.networks.governance import actions, posted, queries, showing
from hunhe.stone import ids
from hunhe.stone.who import Who
from hunhe.ui.callers import caller, signed_in


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What I reported and how it stands."""
    page = queries.my_reports(who=caller(request), cursor=request.GET.get("cursor"))
    return render(request, "governance/mine.html", {"page": page, "rows": [showing.my_row(one) for one in page.items]})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Report a problem."""
    if request.method == "POST":
        made = posted.report(request)
        said = gettext("Others reported it too. We put them together and tell you each step.")
        messages.success(request, said if made.joined else gettext("Received. We tell you each step."))
        return redirect("governance:report", made.problem_id)
    who = signed_in(request)
    return render(request, "governance/new.html", form_context(who))


def form_context(who: Who) -> dict[str, Any]:
    """What the report form shows: classes by group, districts with a point, one key per drawn form."""
    return {
        "groups": showing.groups(queries.list_classes(who=who)),
        "districts": showing.districts(who),
        "key": ids.new("key"),
        "ground": queries.ground(who=who),
    }


@require_GET
def nearby(request: HttpRequest) -> HttpResponse:
    """A part of the form: what somebody has already reported here, and the components to choose from."""
    who, kind = caller(request), request.GET.get("kind", "")[:16]
    if not kind or not request.GET.get("lon"):
        return render(request, "governance/parts/nearby.html", {})
    lon, lat = posted.point(request.GET)
    component = request.GET.get("component", "")[:40]
    shown = {
        "found": queries.nearby(who=who, kind=kind, lon=lon, lat=lat, component=component)[:3],
        "components": queries.components_near(who=who, kind=kind, lon=lon, lat=lat),
        "component": component,
        "asked": True,
    }
    return render(request, "governance/parts/nearby.html", shown)


@require_GET
def report(request: HttpRequest, problem_id: str) -> HttpResponse:
    """One problem as its reporter sees it."""
    found = queries.my_report_of(who=caller(request), problem_id=problem_id)
    return render(request, "governance/report.html", showing.report_context(found) | {"key": ids.new("key")})


@require_POST
def reopen(request: HttpRequest, problem_id: str) -> HttpResponse:
    """It is not done."""
    actions.reopen_problem(who=caller(request), problem_id=problem_id, why=request.POST.get("why", ""), key=posted.key(request))
    messages.success(request, gettext("Opened again. Somebody will be sent."))
    return redirect("governance:report", problem_id)


@require_safe
def photo(request: HttpRequest, photo_id: str) -> FileResponse:
    """The copy, to be shown in a page; the original only as an attachment."""
    original = request.GET.get("original") == "1"
    opened = queries.open_photo(who=caller(request), photo_id=photo_id, original=original)
    response = FileResponse(
        opened.content, as_attachment=original, filename=opened.file.name, content_type=opened.file.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store" if original else "private, max-age=3600"
    return response
