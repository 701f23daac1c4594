"""Desk pages: the dispatcher's map, a team's orders, checks, what is overdue, one problem."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.kernel.city import queries as city
from hunhe.kernel.flow.shapes import CaseEvent
from hunhe.networks.governance import actions, following, posted, queries, showing
from hunhe.networks.governance.shapes import DayCount, Problem, State
from hunhe.networks.governance.views import form_context
from hunhe.stone import clock, ids
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who
from hunhe.ui.callers import caller

TABS = (State.WAITING, State.DOING, State.CHECKING)
LISTED = 30
TOLD = {"opened", "overdue", "escalated", *following.CHANGES} - {"confirmed"}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The map with everything under way, one problem chosen, and who could go."""
    who = caller(request)
    district = request.GET.get("district", "")[:16]
    problems = queries.problems_on_map(who=who, district=district)
    tab = request.GET.get("tab", "")
    tab = tab if tab in [state.value for state in TABS] else State.WAITING.value
    listed = sorted(
        (problem for problem in problems if problem.state.value == tab),
        key=lambda problem: (problem.due_at or problem.reported_at, problem.id),
    )
    chosen = _chosen(problems, listed, request.GET.get("problem", ""))
    shown: dict[str, Any] = {
        "tab": tab,
        "tabs": _tabs(problems),
        "listed": [(problem, showing.kind(problem)) for problem in listed[:LISTED]],
        "district": district,
        "districts": showing.districts(who),
        "today": _today(who),
        "ground": queries.ground(who=who),
        "key": ids.new("key"),
        "map": {"marks": showing.marks(problems, chosen.id if chosen else ""), "teams": []},
    }
    if chosen is not None:
        shown |= _beside(who, chosen.id)
        first = shown["teams"][0].team.id if shown["teams"] else ""
        named = [one.team for one in shown["teams"]]
        shown["map"]["teams"] = showing.team_marks(named, first)
    return render(request, "governance/board.html", shown)


def _chosen(problems: tuple[Problem, ...], listed: list[Problem], wanted: str) -> Problem | None:
    return next((problem for problem in problems if problem.id == wanted), listed[0] if listed else None)


def _tabs(problems: tuple[Problem, ...]) -> list[tuple[str, int]]:
    counts = Counter(problem.state for problem in problems)
    return [(state.value, counts[state]) for state in TABS]


def _beside(who: Who, problem_id: str) -> dict[str, Any]:
    shown = _file(who, problem_id)
    may_send = shown["problem"].stage in ("report", "dispatch") and who.holds("governance.may_dispatch")
    return shown | {"teams": queries.teams_for(who=who, problem_id=problem_id) if may_send else ()}


def _file(who: Who, problem_id: str) -> dict[str, Any]:
    file = queries.problem_file(who=who, problem_id=problem_id)
    names = showing.department_names()
    trail = [
        {
            "title": _title(event, names),
            "at": event.at,
            "by": _by(event, names),
            "note": event.note,
        }
        for event in reversed(file.events)
        if event.what in TOLD
    ]
    moves = {move.id: move for move in file.moves}
    return {
        "file": file,
        "problem": file.problem,
        "kind": showing.kind(file.problem),
        "steps": showing.river(file.stops),
        "trail": trail,
        "before": [photo for photo in file.photos if photo.role == "before"],
        "after": [photo for photo in file.photos if photo.role == "after"],
        "moves": moves,
        "side_moves": [move for move in file.moves if move.id in actions.SIDE_MOVES],
        "started": file.problem.dispatched_at or file.problem.reported_at,
        "key": ids.new("key"),
        "near_m": queries.ground(who=who).near_m,
        "may_take": _may_take(who, file.problem),
    }


def _may_take(who: Who, found: Problem) -> bool:
    ours = not found.team_post or found.team_post in who.posts
    return found.stage == "fix" and found.taker != who.id and ours and who.holds("governance.may_fix")


def _title(event: CaseEvent, names: Mapping[str, str]) -> str:
    if event.what == "opened":
        return gettext("Reported")
    if event.what == "transferred":
        return gettext("%(name)s has the order") % {"name": event.name}
    if event.what == "moved":
        return event.name
    return gettext("state.flow.happening." + event.what) + names.get(event.name, event.name)


def _by(event: CaseEvent, names: Mapping[str, str]) -> str:
    """Who took a step; what the city's own jobs did needs no name."""
    if event.by.startswith("system:"):
        return ""
    return event.by_name or names.get(event.department, "")


def _today(who: Who) -> DayCount:
    calendar = city.calendar(who=who)
    now = clock.now()
    start = now.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return queries.day_count(who=who, start=start, end=start + timedelta(days=1))


@require_GET
def problem(request: HttpRequest, problem_id: str) -> HttpResponse:
    """One problem with what the caller may do now."""
    return render(request, "governance/problem.html", _beside(caller(request), problem_id))


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """What the caller's teams have to do; of the other teams on request."""
    who = caller(request)
    known = queries.list_teams(who=who)
    mine = [team for team in known if team.post in who.posts]
    chosen = request.GET.get("team", "")[:40]
    view = chosen or request.GET.get("view", "")[:8]
    page = queries.list_problems(
        who=who,
        states=(State.DOING,),
        teams=[chosen] if chosen else None if view == "all" else [team.id for team in mine],
        taker=who.id if view == "mine" else "",
        cursor=request.GET.get("cursor"),
    )
    shown = {"mine": mine, "others": [team for team in known if team not in mine], "view": view}
    return render(request, "governance/orders.html", _turns(page) | shown)


@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """What waits for an inspector of the caller's area."""
    who = caller(request)
    seats = [seat for seat in queries.who_is_where(who=who).inspectors if seat.post in who.posts]
    page = queries.list_problems(
        who=who, states=(State.CHECKING,), areas=queries.areas_of_inspector(who=who), cursor=request.GET.get("cursor")
    )
    return render(request, "governance/checks.html", _turns(page) | {"seats": seats})


@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """Who is in which team and post, and what is vacant."""
    found = queries.who_is_where(who=caller(request))
    groups = [(gettext("Inspectors"), found.inspectors), (gettext("In charge"), found.chiefs)]
    return render(request, "governance/teams.html", {"found": found, "groups": [group for group in groups if group[1]]})


@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """What is late, with whose it is; and what waits for approval."""
    who = caller(request)
    level = request.GET.get("level", "")[:20]
    page = queries.list_problems(who=who, overdue=True, level=level, cursor=request.GET.get("cursor"))
    asking = queries.list_problems(who=who, states=(State.ASKING, State.HUNG))
    shown = _turns(page) | {"asking": _turns(asking)["rows"], "today": _today(who)}
    shown |= {"levels": queries.list_levels(who=who), "level": level}
    return render(request, "governance/overdue.html", shown)


def _turns(page: Any) -> dict[str, Any]:
    return {"page": page, "rows": [(found, showing.kind(found)) for found in page.items]}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A patrol reports what it sees."""
    if request.method == "POST":
        made = posted.report(request)
        said = gettext("It was known already; your report joined it.") if made.joined else gettext("Reported.")
        messages.success(request, f"{said} {made.number}")
        return redirect("governance:patrol")
    who = caller(request)
    if not who.holds("governance.may_patrol"):
        raise NotFound("governance.move.unknown", "There is no such step.")
    mine = queries.my_reports(who=who)
    return render(
        request, "governance/patrol.html", form_context(who) | {"mine": [showing.my_row(one) for one in mine.items[:10]]}
    )


@require_POST
def send(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Send the chosen team."""
    done = actions.dispatch_problem(
        who=caller(request),
        problem_id=problem_id,
        team=request.POST.get("team", "")[:40],
        expected_version=posted.version(request),
        key=posted.key(request),
    )
    messages.success(request, gettext("%(team)s is on the way.") % {"team": done.team_name})
    return redirect("governance:board")


@require_POST
def take(request: HttpRequest, problem_id: str) -> HttpResponse:
    """An order in one's own name."""
    actions.take_order(who=caller(request), problem_id=problem_id, expected_version=posted.version(request))
    messages.success(request, gettext("It is yours now."))
    return redirect("governance:problem", problem_id)


@require_POST
def fix(request: HttpRequest, problem_id: str) -> HttpResponse:
    """The team's photo from the place."""
    who = caller(request)
    place = posted.point(request.POST) if request.POST.get("lon") else None
    done = actions.report_fix(
        who=who,
        problem_id=problem_id,
        photo_ids=posted.photos(request, who, place),
        expected_version=posted.version(request),
        note=request.POST.get("note", "")[:1000],
        key=posted.key(request),
    )
    if done.state is State.CHECKING:
        messages.success(request, gettext("Sent. Somebody else checks it now."))
        return redirect("governance:orders")
    messages.error(request, gettext("The photo was not taken at the place. Go there and take it again."))
    return redirect("governance:problem", problem_id)


@require_POST
def check(request: HttpRequest, problem_id: str) -> HttpResponse:
    """Closed, or to be done again."""
    passes = request.POST.get("passes") == "1"
    actions.check_problem(
        who=caller(request),
        problem_id=problem_id,
        passes=passes,
        expected_version=posted.version(request),
        note=request.POST.get("note", "")[:1000],
        key=posted.key(request),
    )
    messages.success(request, gettext("Closed. Every reporter is told.") if passes else gettext("Sent back to be done again."))
    return redirect("governance:checks")


@require_POST
def move(request: HttpRequest, problem_id: str) -> HttpResponse:
    """A side move or its approval."""
    actions.move_problem(
        who=caller(request),
        problem_id=problem_id,
        move=request.POST.get("move", "")[:48],
        expected_version=posted.version(request),
        note=request.POST.get("note", "")[:1000],
        key=posted.key(request),
    )
    messages.success(request, gettext("Done and recorded."))
    return redirect("governance:problem", problem_id)
