"""The bureau's pages: requests to erase, and one of them with what every room holds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.stone import ids
from hunhe.stone.errors import Invalid, msgid
from hunhe.ui.callers import signed_in
from hunhe.wallet.mydata import actions, queries
from hunhe.wallet.mydata.presenting import steps_of


@require_GET
def erasures(request: HttpRequest) -> HttpResponse:
    """Requests, newest first."""
    page = queries.list_erasures(who=signed_in(request), cursor=request.GET.get("cursor"))
    return render(request, "mydata/erasures.html", {"page": page})


@require_GET
def erasure(request: HttpRequest, case_id: str) -> HttpResponse:
    """What each room holds, what the law keeps, what was asked for; then the decision."""
    who = signed_in(request)
    asked = queries.erasure_by_case(who=who, case_id=case_id)
    moves = {move.id for move in cases.moves_for(who=who, case_id=case_id)}
    rows = [(holding, holding.title in asked.wanted, holding.erasable and not holding.duty) for holding in asked.holdings]
    shown = {"asked": asked, "rows": rows, "moves": moves, "steps": steps_of(asked.case), "key": ids.new("key")}
    return render(request, "mydata/erasure.html", shown)


@require_POST
def check(request: HttpRequest, case_id: str) -> HttpResponse:
    actions.check_erasure(who=signed_in(request), case_id=case_id, expected_version=_rev(request), key=_key(request))
    messages.success(request, gettext("Checked. Now decide."))
    return redirect("mydata:erasure", case_id)


@require_POST
def decide(request: HttpRequest, case_id: str) -> HttpResponse:
    actions.decide_erasure(
        who=signed_in(request),
        case_id=case_id,
        rooms=request.POST.getlist("erase"),
        reason=request.POST.get("reason", ""),
        expected_version=_rev(request),
        key=_key(request),
    )
    messages.success(request, gettext("Decided. It is being carried out; the person then reads what was done."))
    return redirect("mydata:erasure", case_id)


@require_POST
def refuse(request: HttpRequest, case_id: str) -> HttpResponse:
    note = request.POST.get("reason", "")
    flow.move_case(
        who=signed_in(request), case_id=case_id, move="refuse", expected_version=_rev(request), note=note, key=_key(request)
    )
    return redirect("mydata:erasure", case_id)


def _rev(request: HttpRequest) -> int:
    text = request.POST.get("rev", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("mydata.form.rev", msgid("This page is out of date. Load it again."))
    return int(text)


def _key(request: HttpRequest) -> str:
    return request.POST.get("key", "")[:128]
