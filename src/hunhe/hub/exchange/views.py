"""The citizen's page of uses, and the tracing of one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hunhe.hub.exchange import queries
from hunhe.hub.exchange.drawing import draw_days
from hunhe.hub.exchange.shapes import UseDays, UseGroup
from hunhe.ui.callers import caller, signed_in

_GROUPS: tuple[UseGroup, ...] = ("all", "mine", "statutory", "refused")


def uses(request: HttpRequest) -> HttpResponse:
    """Who used my data: thirty days as a river, then every use."""
    who = signed_in(request)
    if who.subject_id is None:
        return render(request, "exchange/uses.html", {"days": None})
    group: UseGroup = next((known for known in _GROUPS if known == request.GET.get("group")), "all")
    days = queries.use_days(who=who, subject_id=who.subject_id)
    page = queries.uses_of(who=who, subject_id=who.subject_id, cursor=request.GET.get("cursor"), group=group)
    shown = {"days": days, "river": draw_days(days), "page": page, "chips": _chips(days, group)}
    return render(request, "exchange/uses.html", shown)


def use(request: HttpRequest, entry_id: str) -> HttpResponse:
    """Where the values of one use came from, for the person it was about."""
    traced = queries.trace(who=caller(request), entry_id=entry_id)
    return render(request, "exchange/use.html", {"trace": traced})


def _chips(days: UseDays, group: UseGroup) -> list[dict[str, Any]]:
    counts = {"all": days.total, "mine": days.mine, "statutory": days.statutory, "refused": days.refused}
    labels = {
        "all": gettext("All"),
        "mine": gettext("My own matters"),
        "statutory": gettext("By law"),
        "refused": gettext("Refused"),
    }
    return [{"group": name, "label": labels[name], "count": counts[name], "on": name == group} for name in _GROUPS]
