"""The citizen's own record: each value with its source, and “this is not right”."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.hub.bases import actions, queries, showing
from hunhe.hub.bases.shapes import Golden
from hunhe.stone.errors import Denied, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import signed_in


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """What the city has on record about me, where each line comes from, and what I have questioned."""
    who = _citizen(request)
    subject_id = str(who.subject_id)
    record = _record(who, subject_id)
    if record is None:
        return render(request, "bases/own.html", {"record": None})
    asked = queries.own_questions(who=who, subject_id=subject_id)
    rows = [(field, name, losers, asked.get(field.title)) for field, name, losers in showing.fields(record)]
    shown = {
        "record": record,
        "rows": rows,
        "sources": len({link.dataset for link in record.links}),
        "running": sum(case is not None and case.is_open for *_, case in rows),
    }
    return render(request, "bases/own.html", shown)


@require_POST
def question(request: HttpRequest, field: str) -> HttpResponse:
    """“This is not right”: once per line while it is being looked into."""
    who = _citizen(request)
    explanation = request.POST.get("explanation", "")
    actions.question_field(who=who, subject_id=str(who.subject_id), field=field, explanation=explanation)
    messages.success(request, gettext("Sent to the department it comes from. You need do nothing more."))
    return redirect("bases:own")


def _record(who: Who, subject_id: str) -> Golden | None:
    try:
        return queries.own_subject(who=who, subject_id=subject_id)
    except NotFound:
        return None


def _citizen(request: HttpRequest) -> Who:
    who = signed_in(request)
    if who.subject_id is None or who.kind != "citizen":
        raise Denied("bases.own.real_name", msgid("Confirm your real name first; then you see what is on record about you."))
    return who
