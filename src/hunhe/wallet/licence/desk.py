"""The issuer's pages: licences by state, one licence, and what may be done to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hunhe.stone import ids
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller
from hunhe.wallet.licence import actions, queries
from hunhe.wallet.licence.forms import ReasonForm, RenewForm
from hunhe.wallet.licence.shapes import LicenceState
from hunhe.wallet.licence.sight import CHANGE
from hunhe.wallet.licence.signs import sign_of

VERBS = {"suspend": actions.suspend_licence, "resume": actions.resume_licence, "revoke": actions.revoke_licence}


def licences(request: HttpRequest) -> HttpResponse:
    """Licences of the caller's department."""
    who = caller(request)
    department = _department(who)
    state = next((known for known in LicenceState if known.value == request.GET.get("state")), None)
    page = queries.list_licences(who=who, department=department, state=state, cursor=request.GET.get("cursor"))
    counts = queries.counts(who=who, department=department)
    shown: dict[str, Any] = {
        "page": page,
        "rows": [(one, sign_of(one.state)) for one in page.items],
        "state": state,
        "chips": [(known, counts.states[known.value]) for known in LicenceState if counts.states[known.value]],
        "counts": counts,
    }
    return render(request, "licence/desk_licences.html", shown)


def licence(request: HttpRequest, licence_id: str) -> HttpResponse:
    """One licence, from its issuer's side. The look is recorded."""
    who = caller(request)
    found = queries.licence_by_id(who=who, licence_id=licence_id)
    first = {"expected_version": found.rev}
    shown: dict[str, Any] = {
        "licence": found,
        "sign": sign_of(found.state),
        "history": tuple(reversed(queries.history(who=who, licence_id=licence_id))),
        "uses": queries.uses_of_licence(who=who, licence_id=licence_id, cursor=request.GET.get("cursor")),
        "may_change": who.holds(CHANGE) and found.issuer == who.department,
        "reason": ReasonForm(initial=first),
        "renewal": RenewForm(initial={**first, "valid_until": found.valid_until, "key": ids.new("key")}),
        "verbs": _verbs(found.state),
    }
    return render(request, "licence/desk_licence.html", shown)


@require_POST
def change(request: HttpRequest, licence_id: str, verb: str) -> HttpResponse:
    """Suspend, resume or revoke; whoever checks it the next moment is told."""
    if verb not in VERBS:
        raise NotFound("licence.verb.unknown", msgid("There is no such step."))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Invalid("licence.reason", msgid("Say why, in up to 500 characters."))
    VERBS[verb](who=caller(request), licence_id=licence_id, **form.cleaned_data)
    messages.success(request, gettext("Done. Whoever checks it from now on is told so."))
    return redirect("licence:desk_licence", licence_id=licence_id)


@require_POST
def renew(request: HttpRequest, licence_id: str) -> HttpResponse:
    """The next version, with another last day."""
    form = RenewForm(request.POST)
    if not form.is_valid():
        raise Invalid("licence.renewal", msgid("Give a reason and the new last day."))
    renewed = actions.renew_licence(who=caller(request), licence_id=licence_id, **form.cleaned_data)
    messages.success(request, gettext("The next version is issued; its holder has been told."))
    return redirect("licence:desk_licence", licence_id=renewed.id)


def _verbs(state: LicenceState) -> frozenset[str]:
    """What may be done to a licence in this state."""
    if state in (LicenceState.REVOKED, LicenceState.CHANGED):
        return frozenset()
    if state == LicenceState.EXPIRED:
        return frozenset({"renew", "revoke"})
    return frozenset({"resume" if state == LicenceState.SUSPENDED else "suspend", "renew", "revoke"})


def _department(who: Who) -> str:
    if who.department is None:
        raise NotFound("licence.department.none", msgid("This page belongs to a department. Sign in as one of its officials."))
    return who.department
