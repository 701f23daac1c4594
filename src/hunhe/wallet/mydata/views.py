"""A person's own pages: everything at a glance, a copy to take home, a request to erase."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent import queries as consents
from hunhe.stone import ids
from hunhe.stone.errors import Denied, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import signed_in
from hunhe.ui.shapes import Step
from hunhe.wallet.mydata import actions, queries
from hunhe.wallet.mydata.presenting import sections_of, steps_of
from hunhe.wallet.mydata.shapes import ErasureRequest


@require_GET
def hub(request: HttpRequest) -> HttpResponse:
    """What the city knows about me, who used it, what I allowed, where my matters stand: one answer a line."""
    who = signed_in(request)
    if who.subject_id is None:
        return render(request, "mydata/hub.html", {"overview": None, "sections": sections_of(None)})
    found = queries.overview(who=who, subject_id=who.subject_id)
    return render(request, "mydata/hub.html", {"overview": found, "sections": sections_of(found)})


@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of everything; take it while it lies ready."""
    who = named(request)
    subject_id = str(who.subject_id)
    if request.method == "POST":
        consent.ask_export(who=who, subject_id=subject_id, key=request.POST.get("key", "")[:128] or ids.new("key"))
        messages.success(request, gettext("It is being made. You get a notice; you need not wait here."))
        return redirect("mydata:copy")
    exports = consents.list_exports(who=who, subject_id=subject_id)
    ready = next((one for one in exports if one.state == "ready"), None)
    shown = {
        "ready": ready,
        "waiting": next((one for one in exports if one.state == "waiting"), None),
        "past": [one for one in exports if one.state in ("expired", "failed")],
        "holdings": queries.own_holdings(who=who, subject_id=subject_id),
        "key": ids.new("key"),
    }
    return render(request, "mydata/copy.html", shown)


@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Ask to be erased, see how the request stands, and read what was done."""
    who = named(request)
    subject_id = str(who.subject_id)
    if request.method == "POST":
        actions.ask_erasure(
            who=who,
            subject_id=subject_id,
            rooms=request.POST.getlist("room"),
            explanation=request.POST.get("explanation", ""),
            key=request.POST.get("key", "")[:60],
        )
        messages.success(request, gettext("Sent. You need do nothing more."))
        return redirect("mydata:erase")
    asked = queries.erasure_of(who=who, subject_id=subject_id)
    anew = asked is None or (request.GET.get("again") == "1" and not asked.case.is_open)
    shown: dict[str, object] = {"asked": None if anew else asked, "steps": _steps(asked), "key": ids.new("key")[:60]}
    if anew:
        shown["holdings"] = queries.own_holdings(who=who, subject_id=subject_id)
    return render(request, "mydata/erase.html", shown)


def _steps(asked: ErasureRequest | None) -> list[Step]:
    return steps_of(asked.case) if asked else []


def named(request: HttpRequest) -> Who:
    who = signed_in(request)
    if who.subject_id is None or who.kind != "citizen":
        raise Denied("mydata.real_name", msgid("Confirm your real name first; then you see what is stored about you."))
    return who
