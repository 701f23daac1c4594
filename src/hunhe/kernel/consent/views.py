"""The citizen's page of consents, and the page on which any room asks for one."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.kernel.consent import actions, queries, rules
from hunhe.kernel.consent.shapes import Consent, ConsentState
from hunhe.kernel.org import queries as org
from hunhe.stone import clock
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who
from hunhe.ui.callers import signed_in


@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """What I allowed, to whom, since when, and what it is used for."""
    who = signed_in(request)
    if who.subject_id is None:
        return render(request, "consent/consents.html", {"page": None})
    page = queries.list_consents(who=who, subject_id=who.subject_id, cursor=request.GET.get("cursor"))
    shown = {
        "page": page,
        "standing": [consent for consent in page.items if consent.stands],
        "ended": [consent for consent in page.items if not consent.stands],
        "undoable": _undoable(page.items),
        "first": not request.GET.get("cursor"),
    }
    return render(request, "consent/consents.html", shown)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for one consent by itself, in its own words; then back to where the asking came from."""
    who = signed_in(request)
    given = request.POST if request.method == "POST" else request.GET
    recipient, purpose, there = given.get("recipient", "")[:80], given.get("purpose", "")[:300], given.get("next", "")
    if not url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure()):
        there = ""
    if request.method == "POST":
        actions.give_consent(who=who, kind=kind, recipient=recipient, purpose=purpose, key=request.POST.get("key", "")[:128])
        messages.success(request, gettext("Allowed. You can take it back at any time."))
        return HttpResponseRedirect(there) if there else redirect("consent:consents")
    asked = queries.kind_by_id(who=who, kind=kind)
    shown = {"kind": asked, "recipient": recipient, "recipient_name": _name(who, recipient), "purpose": purpose, "there": there}
    return render(request, "consent/ask.html", shown)


@require_POST
def withdraw(request: HttpRequest, consent_id: str) -> HttpResponse:
    actions.withdraw_consent(who=signed_in(request), consent_id=consent_id)
    return redirect("consent:consents")


@require_POST
def undo(request: HttpRequest, consent_id: str) -> HttpResponse:
    actions.undo_withdrawal(who=signed_in(request), consent_id=consent_id)
    messages.success(request, gettext("It stands again, as before."))
    return redirect("consent:consents")


def _undoable(found: tuple[Consent, ...]) -> Consent | None:
    """The newest withdrawal that one press still takes back, unless it has been given again."""
    since = clock.now() - rules.UNDO + timedelta(seconds=2)
    standing = {(consent.kind, consent.recipient) for consent in found if consent.stands}
    just = [
        consent
        for consent in found
        if consent.state is ConsentState.WITHDRAWN
        and consent.ended_at is not None
        and consent.ended_at > since
        and (consent.kind, consent.recipient) not in standing
    ]
    return max(just, key=lambda consent: (consent.ended_at or since, consent.id), default=None)


def _name(who: Who, recipient: str) -> str:
    try:
        department = org.department_by_code(who=who, code=recipient)
    except NotFound:
        return recipient
    return department.short_name or department.name
