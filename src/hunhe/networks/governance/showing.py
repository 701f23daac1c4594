"""How problems are put on pages: groups of classes, rivers of stages, marks on the map."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from hunhe.kernel.flow.shapes import StageStop
from hunhe.kernel.org import queries as org
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import queries
from hunhe.networks.governance.content import SYSTEM
from hunhe.networks.governance.shapes import MyReport, Problem, ProblemClass, State, Team
from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.ui.shapes import Step, StepState

KIND_OF_STATE = {
    State.WAITING: "you",
    State.DOING: "run",
    State.ASKING: "idle",
    State.HUNG: "pause",
    State.CHECKING: "idle",
    State.SETTLED: "ok",
    State.CLOSED: "ok",
    State.VOID: "idle",
}
USUAL = ("report", "dispatch", "fix", "check", "settled")


def kind(problem: Problem, *, for_reporter: bool = False) -> str:
    """Which status sign stands for a problem; the bead only for those whose turn it is."""
    if problem.overdue and not for_reporter:
        return "late"
    found = KIND_OF_STATE[problem.state]
    return "run" if for_reporter and found == "you" else found


def groups(classes: Sequence[ProblemClass]) -> list[tuple[str, list[ProblemClass]]]:
    """Classes under the words of their groups, in the order of the files."""
    found: dict[str, list[ProblemClass]] = {}
    for one in classes:
        found.setdefault(one.group, []).append(one)
    return list(found.items())


def districts(who: Who) -> list[tuple[str, str, float, float]]:
    """Code, name and a point of each district: for those who use no map."""
    ground, sketch = queries.ground(who=who), places.sketch_map(who=who)
    across, up = (ground.east - ground.west) / ground.side, (ground.north - ground.south) / ground.side
    return [
        (floe.code, floe.name, round(ground.west + floe.label_x * across, 6), round(ground.north - floe.label_y * up, 6))
        for floe in sketch.floes
    ]


def my_row(found: MyReport) -> dict[str, Any]:
    return {
        "problem": found.problem,
        "report": found.report,
        "kind": kind(found.problem, for_reporter=True),
        "steps": usual_steps(found.problem),
    }


def usual_steps(problem: Problem) -> list[Step]:
    """Five stops from report to close."""
    names = {
        "report": gettext("reported"),
        "dispatch": gettext("filed"),
        "fix": gettext("being fixed"),
        "check": gettext("checked"),
        "settled": gettext("closed"),
    }
    here = {"compare": "fix", "extension": "fix", "hanging": "fix", "hung": "fix", "voiding": "report"}.get(
        problem.stage, problem.stage
    )
    if here in ("closed", "voided"):
        return [Step(label=name, state="done") for name in names.values()]
    at = USUAL.index(here) if here in USUAL else 0
    if here == "settled":
        return [Step(label=name, state="done") for name in names.values()]
    return [
        Step(label=names[stage], state="done" if place < at else "now" if place == at else "ahead")
        for place, stage in enumerate(USUAL)
    ]


def river(stops: Sequence[StageStop]) -> list[Step]:
    """The case's stages as a river."""
    states: Mapping[str, StepState] = {"past": "done", "here": "now", "waiting": "waiting", "future": "ahead"}
    return [
        Step(label=stop.name, state="late" if stop.late else states[stop.state]) for stop in stops if stop.stage != "closed"
    ]


def report_context(found: MyReport) -> dict[str, Any]:
    problem = found.problem
    names = department_names()
    lines = [
        {"title": line_title(line.move, problem), "at": line.at, "note": line.note, "by": names.get(line.by, "")}
        for line in reversed(found.lines)
    ]
    before = [photo for photo in found.photos if photo.role == "before"]
    after = [photo for photo in found.photos if photo.role == "after"]
    return {
        "found": found,
        "problem": problem,
        "lines": lines,
        "steps": usual_steps(problem),
        "headline": headline(problem),
        "before": before,
        "after": after[-2:] if problem.state in (State.SETTLED, State.CLOSED, State.CHECKING) else [],
        "may_reopen": found.reopen_until is not None and found.reopen_until > clock.now(),
    }


def headline(problem: Problem) -> str:
    """The answer first."""
    said = {
        State.WAITING: gettext("Received, somebody will be sent"),
        State.DOING: gettext("%(team)s is on it") % {"team": problem.team_name},
        State.ASKING: gettext("Being decided"),
        State.HUNG: gettext("Put off for now"),
        State.CHECKING: gettext("Fixed, being checked"),
        State.SETTLED: gettext("It is done"),
        State.CLOSED: gettext("It is done"),
        State.VOID: gettext("Not dealt with"),
    }
    return said[problem.state]


def line_title(move: str, problem: Problem) -> str:
    said: Mapping[str, str] = {
        "": gettext("Reported"),
        "file": gettext("Filed as a case"),
        "dispatch": gettext("A team was sent"),
        "near": gettext("The team says it is fixed"),
        "far": gettext("The photo was not taken there; to be done again"),
        "rework": gettext("The check failed; to be done again"),
        "send_back": gettext("Handed to another team"),
        "grant_extension": gettext("The limit was extended"),
        "hang": gettext("Put off"),
        "take_up": gettext("Taken up again"),
        "close": gettext("Checked and closed"),
        "reopen": gettext("A reporter asked to do it again"),
        "void": gettext("Not dealt with"),
    }
    return said.get(move, move)


def department_names() -> dict[str, str]:
    return {found.code: found.short_name or found.name for found in org.list_departments(who=SYSTEM)}


def marks(problems: Sequence[Problem], chosen: str) -> list[dict[str, Any]]:
    """Problems as the map's script takes them: words come along, so that a mark is never a colour alone."""
    return [
        {
            "id": problem.id,
            "x": problem.x,
            "y": problem.y,
            "lon": problem.lon,
            "lat": problem.lat,
            "kind": kind(problem),
            "state": problem.state.value,
            "label": f"{problem.kind_name}，{gettext('state.governance.state.' + problem.state.value)}，{problem.where}",
            "url": f"{reverse('governance:board')}?problem={problem.id}",
            "chosen": problem.id == chosen,
        }
        for problem in problems
    ]


def team_marks(teams: Sequence[Team], chosen: str) -> list[dict[str, Any]]:
    return [
        {"id": team.id, "name": team.name, "lon": team.lon, "lat": team.lat, "chosen": team.id == chosen}
        for team in teams
        if team.lon is not None and team.lat is not None
    ]
