"""The desk: whose turn it is, one case, its moves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.kernel.flow import actions, case_pages, display, queries
from hunhe.kernel.flow.acting import acts_of, fresh_key, openable, posted_rev, take_step
from hunhe.kernel.flow.forms import FactsForm
from hunhe.kernel.flow.shapes import CaseFile
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the caller, soonest limit first."""
    who = caller(request)
    startable = [card for card in queries.list_procedures(who=who) if card.may_open]
    return render(request, "flow/inbox.html", _side(request, who) | {"startable": startable})


@require_GET
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    who = caller(request)
    file = queries.case_file(who=who, case_id=case_id)
    address = case_pages.page_of(file.case, "desk")
    return redirect(address) if address else render(request, "flow/case.html", _page(request, who, file))


@require_POST
def move(request: HttpRequest, case_id: str) -> HttpResponse:
    who = caller(request)
    moved, wrong, name = take_step(request, case_id, list(display.department_names().items()))
    if moved is None:
        context = _page(request, who, queries.case_file(who=who, case_id=case_id), wrong, name)
        return render(request, "flow/case.html", context, status=422)
    messages.success(request, gettext("Done. The case is now in “%(stage)s”.") % {"stage": moved.stage_name})
    return redirect("flow:case", case_id)


@require_POST
def suspend(request: HttpRequest, case_id: str) -> HttpResponse:
    actions.suspend_case(
        who=caller(request),
        case_id=case_id,
        reason=request.POST.get("reason", ""),
        expected_version=posted_rev(request),
        note=request.POST.get("note", ""),
    )
    messages.success(request, gettext("The clock stands still."))
    return redirect("flow:case", case_id)


@require_POST
def resume(request: HttpRequest, case_id: str) -> HttpResponse:
    actions.resume_case(who=caller(request), case_id=case_id, expected_version=posted_rev(request))
    messages.success(request, gettext("The clock runs again."))
    return redirect("flow:case", case_id)


@require_POST
def extension(request: HttpRequest, case_id: str) -> HttpResponse:
    """Ask for more time, or decide about it; then back to the page that shows the case."""
    act, who, rev, note = request.POST.get("act", ""), caller(request), posted_rev(request), request.POST.get("note", "")
    if act == "ask":
        actions.ask_extension(who=who, case_id=case_id, reason=note, expected_version=rev)
        messages.success(request, gettext("Asked. The person in charge decides."))
    else:
        actions.decide_extension(who=who, case_id=case_id, approves=act == "approve", note=note, expected_version=rev)
        messages.success(
            request, gettext("Extended. The applicant reads the reason.") if act == "approve" else gettext("Not extended.")
        )
    return redirect("flow:case", case_id)


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest, procedure: str) -> HttpResponse:
    """Open a case for the caller's department."""
    who = caller(request)
    card = openable(who, procedure)
    departments = list(display.department_names().items())
    form = FactsForm(request.POST or None, wanted=card.facts, departments=departments)
    if request.method == "POST" and form.is_valid():
        opened = actions.open_case(
            who=who,
            procedure=procedure,
            department=who.department,
            facts=form.facts(),
            subject_id=request.POST.get("subject_id") or None,
            origin="office",
            title=request.POST.get("title", ""),
            key=request.POST.get("key", "")[:128],
        )
        return redirect("flow:case", opened.id)
    context = _side(request, who) | {"card": card, "form": form, "key": request.POST.get("key") or fresh_key()}
    return render(request, "flow/desk_new.html", context)


def _side(request: HttpRequest, who: Who) -> dict[str, Any]:
    view = "late" if request.GET.get("view") == "late" else "mine"
    read = queries.escalated if view == "late" else queries.inbox
    page = read(who=who, department=who.department or "", cursor=request.GET.get("cursor"))
    return {"page": page, "lines": display.inbox_lines(page.items), "view": view, "departments": display.department_names()}


def _page(
    request: HttpRequest, who: Who, file: CaseFile, wrong: FactsForm | None = None, wrong_move: str = ""
) -> dict[str, Any]:
    side = (
        _side(request, who)
        if who.holds("flow.may_move_cases") and who.department
        else {"departments": display.department_names()}
    )
    departments = side["departments"]
    return side | {
        "file": file,
        "case": file.case,
        "steps": display.steps(file),
        "status_kind": display.status_kind(file),
        "facts": display.fact_rows(file.facts, departments),
        "trail": display.trail(file.events, departments),
        "turns": [(turn, display.turn_words(turn), departments.get(turn.department, "")) for turn in file.turns],
        "acts": acts_of(file, list(departments.items()), wrong, wrong_move),
        "wrong_move": wrong_move,
        "pauses": [pause for turn in file.turns for pause in turn.pauses],
        "more": next((turn.extension for turn in file.turns if turn.extension), None),
        "may_resume": any(turn.pause and turn.mine for turn in file.turns),
        "key": fresh_key(),
    }
