"""A citizen's pages: what there is, the guide, the form, the case, the rating."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.kernel.consent import queries as consent
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import CaseFile
from hunhe.networks.service import actions, queries, showing
from hunhe.networks.service.drafting import PREFILL
from hunhe.networks.service.shapes import Draft, MaterialState
from hunhe.stone import ids
from hunhe.stone.errors import HunheError, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller
from hunhe.wallet.licence import queries as licences

REAL_NAME = 2


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Everything one can apply for, by name; what the caller has begun stands first."""
    who = caller(request)
    text = asked(request)
    context = {
        "items": queries.list_items(who=who, text=text),
        "text": text,
        "drafts": _drafts(who),
        "rates": queries.online_rates(who=who),
        "departments": showing.department_names(),
    }
    return render(request, "service/items.html", context)


@require_GET
def item(request: HttpRequest, code: str) -> HttpResponse:
    """The guide: a few questions, whether the caller qualifies, what they need, what the city fills in."""
    who = caller(request)
    guide = queries.guide(who=who, item=code, answers=request.GET.dict())
    known = who.kind == "citizen" and who.subject_id is not None
    given = consent.active_consent(who=who, subject_id=who.subject_id, kind=PREFILL) if who.subject_id and known else None
    begun = next((draft for draft in _drafts(who) if draft.item == code), None)
    answered = all(question.answer for question in guide.questions)
    context = {
        "guide": guide,
        "known": known,
        "consent": given,
        "kind": consent.kind_by_id(who=who, kind=PREFILL),
        "draft": begun,
        "departments": showing.department_names(),
        "answered": answered,
        "may_begin": known and answered and guide.qualifies is not False,
    }
    return render(request, "service/item.html", context)


def _drafts(who: Who) -> tuple[Draft, ...]:
    return queries.open_drafts(who=who, subject_id=who.subject_id) if who.kind == "citizen" and who.subject_id else ()


@require_POST
def start(request: HttpRequest, code: str) -> HttpResponse:
    draft = actions.start_draft(
        who=caller(request), item=code, answers=posted(request, "answer."), prefill=request.POST.get("prefill") == "yes"
    )
    return redirect("service:draft", draft.id)


@require_GET
def draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    found = queries.draft_by_id(who=caller(request), draft_id=draft_id)
    if found.case_id:
        return redirect("service:my_case", found.case_id)
    return _form(request, found)


@require_POST
def save(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Keep what stands in the form; the button below also leads on."""
    who = caller(request)
    promises = {name: value == "yes" for name, value in posted(request, "promise.").items()}
    try:
        found = actions.save_draft(who=who, draft_id=draft_id, values=posted(request, "value."), promises=promises)
    except Invalid as refusal:
        return _form(request, queries.draft_by_id(who=who, draft_id=draft_id), refusal, posted(request, "value."))
    if request.POST.get("onward") and not found.gaps:
        return redirect("service:review", found.id)
    if request.POST.get("onward"):
        return _form(request, found, Invalid("service.draft.gaps", msgid("Still missing: %(names)s."), names=_gap_names(found)))
    return _form(request, found) if "HX-Request" in request.headers else redirect("service:draft", found.id)


def _gap_names(found: Draft) -> str:
    names = [line.name for line in found.lines if line.gap] + [line.name for line in found.materials if line.is_open]
    return "、".join(names)


@require_POST
def upload(request: HttpRequest, draft_id: str, material: str) -> HttpResponse:
    who, file = caller(request), request.FILES.get("file")
    if file is None:
        raise Invalid("service.file.none", msgid("Choose a file first."))
    found = actions.attach_file(who=who, draft_id=draft_id, material=material, name=file.name or "", stream=file.file or file)
    return _form(request, found) if "HX-Request" in request.headers else redirect("service:draft", found.id)


@require_POST
def dispute(request: HttpRequest, draft_id: str) -> HttpResponse:
    """“The register has this wrong”: the ticket goes out, the form goes on."""
    who = caller(request)
    try:
        found = actions.dispute_value(
            who=who,
            draft_id=draft_id,
            field=request.POST.get("field", "")[:48],
            value=request.POST.get("value", "")[:300],
            explanation=request.POST.get("explanation", "")[:400],
        )
    except Invalid as refusal:
        return _form(request, queries.draft_by_id(who=who, draft_id=draft_id), refusal)
    messages.success(request, gettext("Told to the department. Add a paper that proves it and go on."))
    return redirect("service:draft", found.id)


@require_POST
def discard(request: HttpRequest, draft_id: str) -> HttpResponse:
    actions.discard_draft(who=caller(request), draft_id=draft_id)
    messages.success(request, gettext("Thrown away."))
    return redirect("service:items")


def _form(
    request: HttpRequest, found: Draft, refusal: HunheError | None = None, written: dict[str, str] | None = None
) -> HttpResponse:
    gaps = [line for line in found.lines if showing.is_asked(line)]
    context = {
        "draft": found,
        "steps": showing.draft_steps(found),
        "asked": [(number, line) for number, line in enumerate(gaps, 1)],
        "papers": [
            (number, line)
            for number, line in enumerate(
                (one for one in found.materials if one.is_open or one.met_by in ("upload", "promise")), len(gaps) + 1
            )
        ],
        "known": showing.groups([line for line in found.lines if not showing.is_asked(line)]),
        "spared": [line for line in found.materials if line.met_by in ("base", "licence")],
        "follows": [line for line in found.materials if not line.met_by and not line.is_open],
        "refusal": refusal,
        "written": written or {},
    }
    return render(
        request, "service/draft.html", context, status=422 if refusal and "HX-Request" not in request.headers else 200
    )


@require_GET
def review(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Everything once more before it goes out."""
    found = queries.draft_by_id(who=caller(request), draft_id=draft_id)
    if found.case_id:
        return redirect("service:my_case", found.case_id)
    if found.gaps:
        return redirect("service:draft", found.id)
    guide = queries.guide(who=caller(request), item=found.item, answers=found.answers)
    context = {
        "draft": found,
        "steps": showing.draft_steps(found),
        "groups": showing.groups(found.lines),
        "guide": guide,
        "key": ids.new("key"),
        "departments": showing.department_names(),
    }
    return render(request, "service/review.html", context)


@require_POST
def submit(request: HttpRequest, draft_id: str) -> HttpResponse:
    sent = actions.submit_draft(who=caller(request), draft_id=draft_id, key=request.POST.get("key", "")[:100])
    return redirect("service:my_case", sent.case_id)


@require_GET
def my_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """How it stands: what happened, what is next, what to mend, what came of it."""
    return _case(request, case_id)


def _case(request: HttpRequest, case_id: str, refusal: HunheError | None = None) -> HttpResponse:
    who = caller(request)
    file = cases.case_file(who=who, case_id=case_id)
    application = queries.application_by_case(who=who, case_id=case_id)
    departments = showing.department_names()
    turn = file.turns[0] if file.turns else None
    can_rate = not file.case.is_open and file.case.outcome != "withdrawn" and application.rating is None
    context = {
        "file": file,
        "case": file.case,
        "application": application,
        "headline": showing.headline(file, application),
        "due": showing.due_steps(file),
        "steps": showing.case_steps(file, departments, rated=application.rating is not None),
        "wanting": _wanting(file, application.materials) if turn and turn.for_subject and turn.mine else (),
        "groups": showing.groups(application.lines),
        "licence": licences.licence_of_case(who=who, case_id=case_id) if file.case.outcome == "granted" else None,
        "why": _why(file),
        "withdraw": next((move for move in file.moves if move.kind == "withdraw"), None),
        "scale": queries.rating_scale(who=who) if can_rate or application.rating else None,
        "can_rate": can_rate and who.kind == "citizen",
        "department": departments.get(application.department, application.department),
        "refusal": refusal,
        "key": ids.new("key"),
    }
    return render(request, "service/my_case.html", context, status=422 if refusal else 200)


def _wanting(file: CaseFile, materials: tuple[Any, ...]) -> list[tuple[int, Any]]:
    return list(enumerate((line for line in materials if line.state == MaterialState.WANTING), 1))


def _why(file: CaseFile) -> str:
    """Why it was refused or not accepted, in the deciding person's words."""
    if file.case.is_open or file.case.outcome in ("granted", "withdrawn"):
        return ""
    return next((event.note for event in reversed(file.events) if event.what == "moved"), "")


@require_POST
def correct_file(request: HttpRequest, case_id: str, material: str) -> HttpResponse:
    """Keep what was handed in again; sending it in is a step of its own."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("service.file.none", msgid("Choose a file first."))
    actions.attach_correction(
        who=caller(request), case_id=case_id, material=material, name=file.name or "", stream=file.file or file
    )
    return _case(request, case_id) if "HX-Request" in request.headers else redirect("service:my_case", case_id)


@require_POST
def correct(request: HttpRequest, case_id: str) -> HttpResponse:
    who = caller(request)
    shown = {name: value == "yes" for name, value in posted(request, "promise.").items()}
    try:
        actions.correct_application(
            who=who, case_id=case_id, expected_version=posted_rev(request), shown=shown, key=request.POST.get("key", "")[:100]
        )
    except Invalid as refusal:
        return _case(request, case_id, refusal)
    messages.success(request, gettext("Sent in. Nothing more is asked of you."))
    return redirect("service:my_case", case_id)


@require_POST
def withdraw(request: HttpRequest, case_id: str) -> HttpResponse:
    flow.withdraw_case(
        who=caller(request),
        case_id=case_id,
        expected_version=posted_rev(request),
        note=request.POST.get("note", "")[:500],
        key=request.POST.get("key", "")[:100],
    )
    messages.success(request, gettext("Withdrawn. You can apply again at any time."))
    return redirect("service:my_case", case_id)


@require_POST
def rate(request: HttpRequest, case_id: str) -> HttpResponse:
    try:
        given = actions.rate_case(who=caller(request), case_id=case_id, **posted_rating(request))
    except Invalid as refusal:
        return _case(request, case_id, refusal)
    messages.success(
        request,
        gettext("Thank you. Somebody will call you back.") if given.callback else gettext("Thank you for your rating."),
    )
    return redirect("service:my_case", case_id)


def asked(request: HttpRequest) -> str:
    """What was typed into a search box, without what no keyboard types."""
    return "".join(character for character in request.GET.get("q", "") if character.isprintable()).strip()[:80]


def posted(request: HttpRequest, prefix: str) -> dict[str, str]:
    """Posted fields whose name begins so, by the rest of their name."""
    return {
        name.removeprefix(prefix)[:48]: str(value)
        for name, value in request.POST.items()
        if name.startswith(prefix) and len(name) > len(prefix)
    }


def posted_rating(request: HttpRequest) -> dict[str, Any]:
    """Stars, the reasons that belong to them, and a comment."""
    stars = request.POST.get("stars", "")
    return {
        "stars": int(stars) if stars in ("1", "2", "3", "4", "5") else 0,
        "reasons": [code for code in request.POST.getlist("reasons") if code[:1] == stars],
        "comment": request.POST.get("comment", "")[:500],
    }


def posted_rev(request: HttpRequest) -> int:
    text = request.POST.get("rev", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("service.form.rev", msgid("This page is damaged. Open the case again."))
    return int(text)
