"""A citizen's own cases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.kernel.flow import actions, case_pages, display, queries
from hunhe.kernel.flow.acting import acts_of, fresh_key, openable, take_step
from hunhe.kernel.flow.forms import FactsForm
from hunhe.kernel.flow.shapes import CaseFile
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The caller's cases, newest first, and what they may apply for."""
    who = caller(request)
    if who.kind == "citizen" and who.subject_id is None:
        return render(request, "flow/mine.html", {"unnamed": True})
    page = queries.cases_of_subject(who=who, subject_id=who.subject_id or "", cursor=request.GET.get("cursor"))
    startable = [card for card in queries.list_procedures(who=who) if card.may_open]
    return render(request, "flow/mine.html", {"page": page, "startable": startable})


@require_GET
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    who = caller(request)
    file = queries.case_file(who=who, case_id=case_id)
    address = case_pages.page_of(file.case, "citizen")
    return redirect(address) if address else _draw(request, who, file)


@require_POST
def move(request: HttpRequest, case_id: str) -> HttpResponse:
    who = caller(request)
    moved, wrong, name = take_step(request, case_id, ())
    if moved is None:
        return _draw(request, who, queries.case_file(who=who, case_id=case_id), wrong, name)
    messages.success(request, gettext("Done. The case is now in “%(stage)s”.") % {"stage": moved.stage_name})
    return redirect("flow:my_case", case_id)


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest, procedure: str) -> HttpResponse:
    """Apply for oneself."""
    who = caller(request)
    card = openable(who, procedure)
    form = FactsForm(request.POST or None, wanted=card.facts)
    if request.method == "POST" and form.is_valid():
        opened = actions.open_case(
            who=who,
            procedure=procedure,
            department=None,
            facts=form.facts(),
            subject_id=who.subject_id,
            origin="subject",
            title=card.name,
            key=request.POST.get("key", "")[:128],
        )
        messages.success(request, gettext("Sent. You need do nothing more."))
        return redirect("flow:my_case", opened.id)
    return render(request, "flow/new.html", {"card": card, "form": form, "key": request.POST.get("key") or fresh_key()})


def _draw(request: HttpRequest, who: Who, file: CaseFile, wrong: FactsForm | None = None, wrong_move: str = "") -> HttpResponse:
    departments = display.department_names()
    context = {
        "file": file,
        "case": file.case,
        "headline": display.headline(file),
        "steps": display.standing_steps(file, departments),
        "facts": display.fact_rows(file.facts, departments),
        "trail": display.trail(file.events, departments),
        "acts": acts_of(file, (), wrong, wrong_move),
        "wrong_move": wrong_move,
        "key": fresh_key(),
    }
    return render(request, "flow/my_case.html", context, status=422 if wrong else 200)
