"""Pages of themes: how they stand, one theme with its lineage, rows as of any version, and what a column would take with it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.hub.themes import actions, queries, showing
from hunhe.hub.themes.inputs import Input
from hunhe.hub.themes.shapes import Sample
from hunhe.kernel.org import queries as org
from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@require_GET
def themes(request: HttpRequest) -> HttpResponse:
    """All themes: how fresh, how many rows, what is wrong."""
    who = caller(request)
    found = queries.list_themes(who=who)
    lines = [(one, showing.kind_of(one), showing.rows_of(one), showing.why(one)) for one in found]
    context = {
        "lines": lines,
        "used": sum(1 for one in found if one.run),
        "late": [line for line in lines if line[1] not in ("ok", "idle")],
        "withdrawals": queries.list_withdrawals(who=who),
    }
    return render(request, "themes/themes.html", context)


@require_GET
def theme(request: HttpRequest, theme: str) -> HttpResponse:
    """One theme: tables, lineage, checks, runs."""
    who = caller(request)
    found = queries.theme_by_id(who=who, theme=theme)
    page = queries.list_runs(who=who, theme=theme, cursor=request.GET.get("cursor"))
    all_ = queries.list_themes(who=who)
    context = {
        "theme": found,
        "owner": org.department_by_code(who=who, code=found.owner).name,
        "kind": showing.kind_of(found),
        "why": showing.why(found),
        "page": page,
        "runs": [(one, showing.kind_of_run(one)) for one in page.items],
        "tables": [(one, found.run.rows.get(one.table) if found.run else None) for one in found.tables],
        "drawing": showing.draw(found, all_, queries.derivations(who=who)),
        "names": {table: known.name for table, known in showing.names(all_).items()},
        "values": queries.values_of(who=who, theme=theme),
        "may_run": who.holds("themes.may_run"),
    }
    return render(request, "themes/theme.html", context)


@require_GET
def table(request: HttpRequest, theme: str, table: str) -> HttpResponse:
    """One table of a theme: its columns with what they rest on, and its rows as of any version."""
    who = caller(request)
    found = queries.theme_by_id(who=who, theme=theme)
    one = next((known for known in found.tables if known.name == table), None)
    if one is None:
        raise NotFound("themes.table.unknown", msgid("No theme has a table %(table)s."), table=table[:60])
    all_, derivations = queries.list_themes(who=who), queries.derivations(who=who)
    lines = showing.columns(all_, derivations, one.table)
    context = {
        "theme": found,
        "table": one,
        "columns": [(name, title, lines.get(name, [])) for name, title in one.columns.items()],
        "deciding": lines.get("", []),
        "versions": queries.list_versions(who=who, table=one.table),
        "sample": _sample(request, who, one.table),
        "names": {known: label.name for known, label in showing.names(all_).items()},
        "asked": request.GET.get("version", ""),
    }
    return render(request, "themes/table.html", context)


@require_POST
def run(request: HttpRequest, theme: str) -> HttpResponse:
    actions.run_theme(who=caller(request), theme=theme)
    messages.success(request, gettext("A run is asked for. If neither its sources nor its SQL changed, nothing will be run."))
    return redirect("themes:theme", theme)


@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """What rests on a column, before and after it is withdrawn."""
    who = caller(request)
    table, _, column = request.GET.get("column", "").rpartition(".")
    inputs = queries.list_inputs(who=who)
    reach = queries.reach(who=who, table=table, column=column) if column else None
    chosen = next((one for one in inputs if one.table == table), None)
    context = {
        "inputs": inputs,
        "reach": reach,
        "groups": showing.groups(reach) if reach else [],
        "chosen": chosen,
        "title": chosen.titles.get(column, column) if chosen else "",
        "may_withdraw": chosen is not None and _may_withdraw(who, chosen),
        "withdrawals": queries.list_withdrawals(who=who),
    }
    return render(request, "themes/what_if.html", context)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    table, _, column = request.POST.get("column", "").rpartition(".")
    actions.withdraw_column(who=caller(request), table=table, column=column, reason=request.POST.get("reason", ""))
    messages.success(request, gettext("Withdrawn. What rests on it is marked and will not be renewed until it is given again."))
    return _back(f"{table}.{column}")


@require_POST
def lift(request: HttpRequest, withdrawal_id: str) -> HttpResponse:
    made = actions.lift_withdrawal(who=caller(request), withdrawal_id=withdrawal_id)
    messages.success(request, gettext("Given again. What rests on it is run anew."))
    return _back(f"{made.table}.{made.column}")


def _back(column: str) -> HttpResponse:
    return redirect(f"{reverse('themes:what_if')}?{urlencode({'column': column})}")


def _may_withdraw(who: Who, chosen: Input) -> bool:
    own = who.department == chosen.department or CROSS_DEPARTMENTS in who.may
    return who.holds(actions.WITHDRAW) and own and not chosen.table.startswith("base.")


def _sample(request: HttpRequest, who: Who, table: str) -> Sample | None:
    """Rows as of the version or the moment asked for; None before the first."""
    version, at = request.GET.get("version", ""), request.GET.get("at", "")
    try:
        moment = datetime.fromisoformat(at) if at else None
        number = int(version) if version else None
    except ValueError as error:
        raise Invalid("themes.rows.when", msgid("Choose a version or a moment from the list.")) from error
    if moment is not None and is_naive(moment):
        moment = make_aware(moment)
    try:
        return queries.rows_as_of(who=who, table=table, version=number, at=moment)
    except NotFound:
        if version or at:
            raise
        return None
