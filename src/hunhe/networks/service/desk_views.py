"""The desk: applications waiting, one application with its materials, the counter, the ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.kernel.city import queries as city
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case, CaseEvent, Task
from hunhe.networks.service import actions, queries, showing
from hunhe.networks.service.citizen_views import posted, posted_rating, posted_rev
from hunhe.networks.service.handling import CHECKED, GAPS
from hunhe.networks.service.shapes import Application, ApplicationGist, Channel, MaterialState
from hunhe.stone import clock, ids
from hunhe.stone.errors import Denied, HunheError, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller, signed_in

ACCEPT, SEE_RATINGS = "service.may_accept", "service.may_see_ratings"
DAYS = 30


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One two-line row of the inbox."""

    task: Task
    gist: ApplicationGist | None
    due: str


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the caller, soonest limit first."""
    who = signed_in(request)
    return render(request, "service/desk.html", _side(request, who))


def _side(request: HttpRequest, who: Who) -> dict[str, Any]:
    run_on = queries.procedures(who=who) or ("-",)
    if not who.department:
        return {"lines": [], "page": None, "departments": showing.department_names(), "who_may_accept": False}
    page = cases.inbox(who=who, department=who.department, procedures=run_on, cursor=request.GET.get("cursor"))
    gists = queries.application_gists(who=who, case_ids=[task.case_id for task in page.items])
    calendar, now = city.calendar(who=showing.SYSTEM), clock.now()
    lines = [
        InboxLine(
            task,
            gists.get(task.case_id),
            showing.due_words(
                task.due_at,
                calendar.working_days_between(now, task.due_at) if task.due_at else None,
                overdue=task.overdue,
                paused=task.state == "paused",
            ),
        )
        for task in page.items
    ]
    return {
        "page": page,
        "lines": lines,
        "departments": showing.department_names(),
        "who_may_accept": who.holds(ACCEPT),
        "who_may_see_ratings": who.holds(SEE_RATINGS),
    }


@require_GET
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    return _case(request, case_id)


def _case(request: HttpRequest, case_id: str, refusal: HunheError | None = None) -> HttpResponse:
    who = signed_in(request)
    if who.kind != "official":
        raise Denied("service.desk.officials", msgid("This page is for officials."))
    file = cases.case_file(who=who, case_id=case_id)
    application = queries.application_by_case(who=who, case_id=case_id)
    side = _side(request, who)
    turn = file.turns[0] if file.turns else None
    mends = turn is not None and turn.for_subject
    hidden = [move.id for move in file.moves if mends and move.kind == "forward"]
    wanting = [line for line in application.materials if line.state == MaterialState.WANTING]
    unchecked = [line for line in application.materials if line.state == MaterialState.GIVEN]
    lines = application.lines
    context = side | {
        "file": file,
        "case": file.case,
        "application": application,
        "steps": showing.desk_steps(file),
        "kind": showing.status_kind(file),
        "turn": turn,
        "turn_words": showing.turn_words(turn) if turn else "",
        "trail": showing.trail(file.events, side["departments"]),
        "acts": showing.acts_of(file.moves, hidden),
        "correcting": [move.id for move in file.moves if GAPS in move.supplied],
        "checking": any({CHECKED, GAPS} & set(move.supplied) for move in file.moves),
        "wanting": wanting,
        "unchecked": unchecked,
        "shared": sum(line.value is not None and line.value.grade in ("A", "B") for line in lines),
        "own": sum(line.value is not None and line.value.grade in ("C", "D") for line in lines),
        "spared": sum(line.met_by in ("base", "licence") for line in application.materials),
        "noted": [(fact.name, fact.value) for fact in file.facts if fact.kind == "text" and fact.id in _written(file.events)],
        "lapsed": next((event for event in reversed(file.events) if event.as_of), None),
        "mends": next((move for move in file.moves if move.id in hidden), None),
        "pauses": turn.pauses if turn else (),
        "more": turn.extension if turn else None,
        "may_resume": bool(turn and turn.pause and turn.mine),
        "may_hand_over": who.holds(ACCEPT) and _rates_here(who, file.case, application),
        "refusal": refusal,
        "key": ids.new("key"),
    }
    return render(request, "service/desk_case.html", context, status=422 if refusal else 200)


def _rates_here(who: Who, case: Case, application: Application) -> bool:
    """Whether somebody at this counter can rate it now."""
    here = application.channel == Channel.COUNTER and application.department == who.department
    return here and not case.is_open and case.outcome != "withdrawn" and application.rating is None


def _written(events: Sequence[CaseEvent]) -> set[str]:
    """Facts that officials wrote with their steps: the opinion, the class, how it was delivered."""
    return {name for event in events if event.what == "moved" and event.department for name in event.facts}


@require_POST
def check(request: HttpRequest, case_id: str, material: str) -> HttpResponse:
    """One material: it fits, or what is wrong with it."""
    try:
        actions.check_material(
            who=caller(request),
            case_id=case_id,
            material=material,
            fits=request.POST.get("fits") == "yes",
            note=request.POST.get("note", "")[:300],
        )
    except Invalid as refusal:
        return _case(request, case_id, refusal)
    return redirect("service:desk_case", case_id)


@require_POST
def move(request: HttpRequest, case_id: str) -> HttpResponse:
    try:
        moved = actions.move_application(
            who=caller(request),
            case_id=case_id,
            move=request.POST.get("move", "")[:48],
            expected_version=posted_rev(request),
            facts={name: value for name, value in posted(request, "fact.").items() if value.strip()},
            note=request.POST.get("note", "")[:2000],
            key=request.POST.get("key", "")[:100],
        )
    except Invalid as refusal:
        return _case(request, case_id, refusal)
    messages.success(request, gettext("Done. The application is now in “%(stage)s”.") % {"stage": moved.stage_name})
    return redirect("service:desk_case", case_id)


@require_POST
def correct(request: HttpRequest, case_id: str) -> HttpResponse:
    """Corrections shown at the counter by somebody who has no phone."""
    shown = {name: value == "yes" for name, value in posted(request, "shown.").items()}
    try:
        actions.correct_application(
            who=caller(request),
            case_id=case_id,
            expected_version=posted_rev(request),
            shown=shown,
            key=request.POST.get("key", "")[:100],
        )
    except Invalid as refusal:
        return _case(request, case_id, refusal)
    return redirect("service:desk_case", case_id)


@require_POST
def suspend(request: HttpRequest, case_id: str) -> HttpResponse:
    flow.suspend_case(
        who=caller(request),
        case_id=case_id,
        reason=request.POST.get("reason", "")[:48],
        expected_version=posted_rev(request),
        note=request.POST.get("note", "")[:2000],
    )
    return redirect("service:desk_case", case_id)


@require_POST
def resume(request: HttpRequest, case_id: str) -> HttpResponse:
    flow.resume_case(who=caller(request), case_id=case_id, expected_version=posted_rev(request))
    return redirect("service:desk_case", case_id)


@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """What this department takes in at its counter."""
    who = signed_in(request)
    _clerks_only(who)
    items = [item for item in queries.list_items(who=who) if item.department == who.department]
    return render(request, "service/counter.html", _side(request, who) | {"items": items})


@require_http_methods(["GET", "POST"])
def counter_item(request: HttpRequest, code: str) -> HttpResponse:
    """First who stands there and their yes; then what the bases filled in, what to ask and what to be shown."""
    who = signed_in(request)
    _clerks_only(who)
    answers = posted(request, "answer.")
    said: dict[str, Any] = {
        "name": request.POST.get("name", "").strip()[:100],
        "id_number": request.POST.get("id_number", "").strip()[:32],
        "spoken_consent": request.POST.get("spoken_consent") == "yes",
    }
    context = _side(request, who) | {
        "guide": queries.guide(who=showing.SYSTEM, item=code, answers=answers),
        "said": said,
        "key": request.POST.get("key") or ids.new("key"),
    }
    if request.method == "GET":
        return render(request, "service/counter_item.html", context)
    try:
        if request.POST.get("send"):
            sent = _take_in(request, who, code, answers, said)
            return redirect("service:receipt", sent.case_id)
        context["sheet"] = actions.open_counter_sheet(who=who, item=code, answers=answers, **said)
    except Invalid as refusal:
        context["refusal"] = refusal
        if request.POST.get("send") and said["spoken_consent"]:
            context["sheet"] = actions.open_counter_sheet(who=who, item=code, answers=answers, **said)
    context["written"] = posted(request, "value.")
    context["seen"] = posted(request, "seen.")
    return render(request, "service/counter_item.html", context, status=422 if "refusal" in context else 200)


def _take_in(request: HttpRequest, who: Who, code: str, answers: dict[str, str], said: dict[str, Any]) -> Application:
    return actions.take_in(
        who=who,
        item=code,
        answers=answers,
        values=posted(request, "value."),
        seen=[name for name, value in posted(request, "seen.").items() if value == "yes"],
        key=request.POST.get("key", "")[:100],
        **said,
    )


def _clerks_only(who: Who) -> None:
    if not who.holds(ACCEPT):
        raise Denied("door.no_permission", msgid("Your posts do not include this. Ask your department's administrator."))


@require_GET
def receipt(request: HttpRequest, case_id: str) -> HttpResponse:
    """The receipt to hand over: number, what was handed in, by when there is an answer."""
    who = signed_in(request)
    file = cases.case_file(who=who, case_id=case_id)
    application = queries.application_by_case(who=who, case_id=case_id)
    names = showing.department_names()
    opened = file.events[0] if file.events else None
    context = {
        "case": file.case,
        "application": application,
        "turn": file.turns[0] if file.turns else None,
        "department": names.get(application.department, application.department),
        "entry_id": opened.entry_id if opened else "",
    }
    return render(request, "service/receipt.html", context)


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, case_id: str) -> HttpResponse:
    """The screen that a clerk hands over: the person rates, nothing else of the desk is in reach."""
    who = signed_in(request)
    _clerks_only(who)
    application = queries.application_by_case(who=who, case_id=case_id)
    case = cases.case_by_id(who=who, case_id=case_id)
    if application.rating is None and not _rates_here(who, case, application):
        raise Denied("service.rating.counter", msgid("Only what was taken in at your counter is rated here."))
    context = {"application": application, "case": case, "scale": queries.rating_scale(who=who), "elder": True}
    if request.method == "POST":
        try:
            actions.rate_at_counter(who=who, case_id=case_id, **posted_rating(request))
        except Invalid as refusal:
            return render(request, "service/handed.html", context | {"refusal": refusal}, status=422)
        return redirect("service:desk_rate", case_id)
    return render(request, "service/handed.html", context)


@require_GET
def ratings(request: HttpRequest) -> HttpResponse:
    """What people said, and what became of the bad ones."""
    who = signed_in(request)
    stars = request.GET.get("stars", "")
    chosen = int(stars) if stars in ("1", "2", "3", "4", "5") else None
    now = clock.now()
    page = queries.list_ratings(who=who, stars=chosen, cursor=request.GET.get("cursor"))
    counts = queries.rating_counts(who=who, start=now - timedelta(days=DAYS), end=now + timedelta(seconds=1))
    scale = queries.rating_scale(who=who)
    context = {
        "page": page,
        "counts": counts,
        "share": f"{counts.good / counts.total:.0%}" if counts.total else "",
        "by_stars": list(zip(reversed(scale.levels), reversed(counts.by_stars), strict=True)),
        "scale": scale,
        "stars": chosen,
        "days": DAYS,
        "departments": showing.department_names(),
    }
    return render(request, "service/ratings.html", context)
