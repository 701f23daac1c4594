"""Desk pages: scanning at a terminal, a department's terminals, where the police's service is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller
from hunhe.wallet.code import actions, forms, queries
from hunhe.wallet.functions import queries as functions

MAY_REGISTER, MAY_CONNECT = "code.may_register_terminals", "code.may_set_connections"
RECENT = 12


@require_GET
def terminal(request: HttpRequest) -> HttpResponse:
    """Scan: the chosen terminal large, the others beside it, what passed here last."""
    who = caller(request)
    department = _department(who)
    page = queries.list_terminals(who=who, department=department)
    active = [one for one in page.items if one.state == "active"]
    scans = queries.scans_of(who=who, department=department).items[:RECENT]
    known = {function.id: function for function in functions.list_functions(who=who)}
    shown: dict[str, Any] = {
        "scans": [(scan, known.get(scan.function)) for scan in scans],
        "may_register": who.holds(MAY_REGISTER),
    }
    if "recent" in request.GET:
        return render(request, "code/parts/recent.html", shown)
    wanted = request.GET.get("terminal", "")
    chosen = next((one for one in active if one.id == wanted), active[0] if active else None)
    shown |= {"terminals": [(one, known.get(one.function)) for one in active], "chosen": chosen}
    shown["function"] = known.get(chosen.function) if chosen is not None else None
    return render(request, "code/terminal.html", shown)


@require_GET
def terminals(request: HttpRequest) -> HttpResponse:
    """All terminals of the department, with the form for a new one."""
    who = caller(request)
    return render(request, "code/terminals.html", _terminals(who, request, _new_terminal(who)))


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """A new terminal; its token is shown on this page alone."""
    who = caller(request)
    form = _new_terminal(who, request.POST)
    if not form.is_valid():
        return render(request, "code/terminals.html", _terminals(who, request, form), status=422)
    made = actions.register_terminal(who=who, department=_department(who), **form.cleaned_data)
    return render(request, "code/terminals.html", _terminals(who, request, _new_terminal(who)) | {"made": made})


@require_POST
def revoke(request: HttpRequest, terminal_id: str) -> HttpResponse:
    gone = actions.revoke_terminal(who=caller(request), terminal_id=terminal_id)
    messages.success(request, gettext("%(name)s is switched off. Its token no longer works.") % {"name": gone.name})
    return redirect("code:terminals")


@require_http_methods(["GET", "POST"])
def connection(request: HttpRequest) -> HttpResponse:
    """Where the police's liveness service is reached; for operators."""
    who = caller(request)
    found = next((one for one in queries.list_connections(who=who) if one.name == "liveness"), None)
    form = forms.Place(request.POST or None, initial={"location": found.location if found is not None else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_connection(who=who, name="liveness", **form.cleaned_data)
        except Invalid as error:
            form.add_error("location", gettext(error.message))
        else:
            messages.success(request, gettext("Set. The next question goes there."))
            return redirect("code:connection")
    return render(request, "code/connection.html", {"form": form, "found": found}, status=422 if form.errors else 200)


def _department(who: Who) -> str:
    """The caller's own; the doors refuse whoever has none."""
    if who.department is None and who.kind == "official":
        raise Invalid("code.department.none", msgid("Name a department: `?department=`."))
    return who.department or ""


def _new_terminal(who: Who, data: Any = None) -> forms.NewTerminal:
    open_ones = [one for one in functions.list_functions(who=who) if one.open_to(who.department or "")]
    return forms.NewTerminal(data, choices={"function": [(one.id, f"{one.name}：{one.tells}") for one in open_ones]})


def _terminals(who: Who, request: HttpRequest, form: forms.NewTerminal) -> dict[str, Any]:
    page = queries.list_terminals(who=who, department=_department(who), cursor=request.GET.get("cursor"))
    known = {function.id: function for function in functions.list_functions(who=who)}
    rows = [(one, known.get(one.function)) for one in page.items]
    return {"page": page, "rows": rows, "form": form, "may_register": who.holds(MAY_REGISTER)}
