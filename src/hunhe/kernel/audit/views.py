"""The auditor's desk page: the newest checkpoint, and what was recorded."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hunhe.kernel.audit import queries
from hunhe.kernel.audit.shapes import Checkpoint
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """All entries, or those about one object; details are opened for the auditor, and that is recorded."""
    who = caller(request)
    object_, cursor = request.GET.get("object", "").strip().replace("\x00", ""), request.GET.get("cursor")
    page = (
        queries.entries_of(who=who, object=object_, cursor=cursor) if object_ else queries.list_entries(who=who, cursor=cursor)
    )
    return render(request, "audit/log.html", {"page": page, "object": object_, "checkpoint": _checkpoint(who)})


def _checkpoint(who: Who) -> Checkpoint | None:
    try:
        return queries.checkpoint(who=who)
    except NotFound:
        return None
