"""Desk pages: services on offer, applying, deciding, grants, calls, tracing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hunhe.hub.exchange import actions, queries, telling
from hunhe.hub.exchange.deciding_page import procedure_names, request_context
from hunhe.hub.exchange.forms import ApplicationForm, DecisionForm, ReasonForm, in_a_year
from hunhe.hub.exchange.granting import today
from hunhe.hub.exchange.shapes import Service
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.stone import ids
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.ui.callers import caller

VERBS = {"suspend": actions.suspend_grant, "resume": actions.resume_grant, "revoke": actions.revoke_grant}


def grants(request: HttpRequest) -> HttpResponse:
    """Grants of the caller's department, and its requests on their way."""
    who = caller(request)
    department = _department(who)
    page = queries.list_grants(who=who, department=department, cursor=request.GET.get("cursor"))
    shown = {"page": page, "department": department, "names": telling.department_names(), "pending": _pending(who, department)}
    return render(request, "exchange/grants.html", shown)


def services(request: HttpRequest) -> HttpResponse:
    """What can be asked for."""
    page = queries.list_services(who=caller(request), cursor=request.GET.get("cursor"))
    return render(request, "exchange/services.html", {"page": page, "names": telling.department_names()})


def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Apply for one service."""
    who = caller(request)
    service = queries.service_by_code(who=who, code=code)
    first = {"key": ids.new("key"), "expires_on": in_a_year(today())}
    form = ApplicationForm(request.POST or None, service=service, procedures=_procedures(who), initial=first)
    if request.method == "POST" and form.is_valid():
        case = _sent(who, service, form)
        if case is not None:
            messages.success(request, gettext("Sent. The data bureau answers first, then the provider."))
            return redirect("exchange:request", case_id=case)
    shown = {"form": form, "service": service, "names": telling.department_names()}
    return render(request, "exchange/apply.html", shown, status=422 if form.errors else 200)


def request_page(request: HttpRequest, case_id: str) -> HttpResponse:
    """One request: what they want, what was checked, and the decision if it is the caller's turn."""
    return render(request, "exchange/request.html", request_context(caller(request), case_id))


@require_POST
def decide(request: HttpRequest, case_id: str) -> HttpResponse:
    """The provider's yes, column by column."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, "exchange/request.html", request_context(caller(request), case_id, form), status=422)
    columns = {name.removeprefix("column."): str(value) for name, value in request.POST.items() if name.startswith("column.")}
    actions.decide_grant(who=caller(request), case_id=case_id, columns=columns, **form.cleaned_data)
    messages.success(request, gettext("Granted. The exchange opens it within seconds."))
    return redirect("exchange:request", case_id=case_id)


@require_POST
def move(request: HttpRequest, case_id: str, move: str) -> HttpResponse:
    """Any other move of a request: pass on, ask, refuse, withdraw."""
    known = {known.id: known for known in flow_queries.moves_for(who=caller(request), case_id=case_id)}
    if move not in known or move == "grant":
        raise NotFound("exchange.move.unknown", msgid("There is no such step."))
    version = request.POST.get("expected_version", "")
    if not version.isdecimal():
        raise Invalid("exchange.move.version", msgid("This page is out of date. Load it again."))
    note = request.POST.get("reason", "")[:2000]
    facts = {fact.id: note for fact in known[move].facts if fact.required}
    flow.move_case(who=caller(request), case_id=case_id, move=move, expected_version=int(version[:9]), facts=facts, note=note)
    return redirect("exchange:request", case_id=case_id)


def grant(request: HttpRequest, grant_id: str) -> HttpResponse:
    """One grant, from either side."""
    who = caller(request)
    found = queries.grant_by_id(who=who, grant_id=grant_id)
    try:
        service: Service | None = queries.service_by_code(who=who, code=found.service)
    except NotFound:
        service = None
    titles = {column.name: column.title for column in service.columns} if service else {}
    columns = [(titles.get(name, name), choice) for name, choice in found.columns.items()]
    own = who.holds("exchange.may_decide_grants") and found.provider == who.department
    shown = {
        "grant": found,
        "service": service,
        "columns": columns,
        "procedures": procedure_names(found.procedures),
        "names": telling.department_names(),
        "decides": own,
        "suspends": own or who.holds("exchange.may_suspend_grants"),
        "reason": ReasonForm(),
    }
    return render(request, "exchange/grant.html", shown)


@require_POST
def change(request: HttpRequest, grant_id: str, verb: str) -> HttpResponse:
    """Suspend, resume or revoke; the next call meets it."""
    if verb not in VERBS:
        raise NotFound("exchange.move.unknown", msgid("There is no such step."))
    VERBS[verb](who=caller(request), grant_id=grant_id, reason=request.POST.get("reason", ""))
    messages.success(request, gettext("Done. It counts from the next call."))
    return redirect("exchange:grant", grant_id=grant_id)


def calls(request: HttpRequest) -> HttpResponse:
    """Calls of the caller's department."""
    who = caller(request)
    department = request.GET.get("department") or _department(who)
    page = queries.calls_of(who=who, department=department, cursor=request.GET.get("cursor"))
    shown = {
        "page": page,
        "department": department,
        "names": telling.department_names(),
        "traces": who.holds("exchange.may_trace"),
    }
    return render(request, "exchange/calls.html", shown)


def trace(request: HttpRequest, entry_id: str) -> HttpResponse:
    """Receipt → call → golden field → source row → batch."""
    traced = queries.trace(who=caller(request), entry_id=entry_id)
    return render(request, "exchange/trace.html", {"trace": traced, "names": telling.department_names()})


def _department(who: Who) -> str:
    if who.department is None:
        raise NotFound("exchange.department.none", msgid("This page belongs to a department. Sign in as one of its officials."))
    return who.department


def _pending(who: Who, department: str) -> dict[str, list[Any]]:
    """Open requests that this department has sent, and those it must answer."""
    if not who.holds("flow.may_move_cases"):
        return {"sent": [], "turn": []}
    sent = flow_queries.cases_of_department(who=who, department=department, procedure="grant_request").items
    turn = flow_queries.inbox(who=who, department=department).items
    return {
        "sent": [case for case in sent if case.is_open],
        "turn": [task for task in turn if task.procedure == "grant_request"],
    }


def _procedures(who: Who) -> list[tuple[str, str]]:
    known = flow_queries.list_procedures(who=Who.system("exchange"))
    return [(card.id, card.name) for card in known if card.id != "grant_request"]


def _sent(who: Who, service: Service, form: ApplicationForm) -> str | None:
    """The new case's id; None when the form now says why not."""
    said = form.cleaned_data
    try:
        return actions.apply_for_grant(
            who=who,
            resource=service.resource,
            service=service.code,
            columns=tuple(said["columns"]),
            purpose=said["purpose"],
            basis=said["basis"],
            procedure=said.get("procedure", ""),
            quota_per_day=said["quota_per_day"],
            expires_on=said["expires_on"],
            key=said["key"],
            hold_basis=said.get("hold_basis", ""),
            hold_until=said.get("hold_until"),
        ).id
    except Invalid as error:
        form.add_error(None, words.say(error.message, error.params))
        return None
