"""From a case file to what templates draw, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from hunhe.kernel.city import queries as city
from hunhe.kernel.flow.shapes import CaseEvent, CaseFile, KnownFact, StageStop, Task, Turn
from hunhe.kernel.org import queries as org
from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.ui.shapes import Branch, StatusKind, Step, StepState
from hunhe.ui.words import day_name, hour, moment

SYSTEM = Who.system("flow")
_STATES: Mapping[str, StepState] = {"past": "done", "here": "now", "waiting": "waiting", "future": "ahead"}
_KINDS: Mapping[str, StatusKind] = {"open": "run", "suspended": "pause", "effecting": "idle", "closed": "ok"}


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One two-line row of the inbox."""

    task: Task
    due: str


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of history in words."""

    title: str
    at: datetime
    by: str
    note: str
    entry_id: str


def inbox_lines(tasks: Sequence[Task]) -> list[InboxLine]:
    calendar, now = city.calendar(who=SYSTEM), clock.now()
    return [
        InboxLine(
            task,
            due_words(
                task.due_at, calendar.working_days_between(now, task.due_at) if task.due_at else None, task.overdue, task.state
            ),
        )
        for task in tasks
    ]


def due_words(due_at: datetime | None, left: int | None, overdue: bool, state: str, pause: str = "") -> str:
    """“5 working days left”, “today 17:00”, “2 working days overdue”; “no limit” where none runs."""
    if state == "paused":
        return gettext("paused: %(why)s") % {"why": pause} if pause else gettext("paused")
    if due_at is None or left is None:
        return gettext("no limit")
    if overdue or due_at < clock.now():
        late = max(1, -left)
        return ngettext("%(n)d working day overdue", "%(n)d working days overdue", late) % {"n": late}
    if left <= 0:
        return moment(due_at)
    return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}


def turn_words(turn: Turn) -> str:
    state = "paused" if turn.pause else "open"
    return due_words(turn.due_at, turn.left, turn.overdue, state, turn.pause_name)


def steps(file: CaseFile) -> list[Step]:
    """The river, lying down: in the desk's head."""
    return [_step(stop) for stop in file.stops]


def standing_steps(file: CaseFile, departments: Mapping[str, str]) -> list[Step]:
    """The river, standing: each stop with its day, branches where several ways are under way."""
    found = []
    for stop in file.stops:
        here = stop.state in ("here", "waiting") and file.case.is_open
        if here and len(file.turns) > 1:
            ways = tuple(_branch(turn, departments) for turn in file.turns)
            found.append(Step(gettext("Several ways at once"), _STATES[stop.state], moment(stop.at) if stop.at else "", ways))
        else:
            note = moment(stop.at) if stop.at else ""
            if here and file.turns:
                note = " ".join(part for part in (_whose(file.turns[0], departments), turn_words(file.turns[0])) if part)
            found.append(Step(stop.name, "late" if stop.late else _STATES[stop.state], note))
    return found


def _step(stop: StageStop) -> Step:
    note = f"{day_name(stop.at)}" if stop.state == "past" and stop.at else ""
    return Step(stop.name, "late" if stop.late else _STATES[stop.state], note)


def _branch(turn: Turn, departments: Mapping[str, str]) -> Branch:
    kind: StatusKind = "pause" if turn.pause else "late" if turn.overdue else "you" if turn.mine else "run"
    state: StepState = "waiting" if turn.pause else "late" if turn.overdue else "now"
    return Branch(turn.stage_name, state, kind, turn_words(turn), _whose(turn, departments))


def _whose(turn: Turn, departments: Mapping[str, str]) -> str:
    return gettext("your turn") if turn.for_subject and turn.mine else departments.get(turn.department, turn.department)


def status_kind(file: CaseFile) -> StatusKind:
    return "late" if any(turn.overdue for turn in file.turns) else _KINDS[file.case.state]


def department_names() -> dict[str, str]:
    return {department.code: department.short_name or department.name for department in org.list_departments(who=SYSTEM)}


def trail(events: Sequence[CaseEvent], departments: Mapping[str, str]) -> list[TrailLine]:
    """History, newest first."""
    return [
        TrailLine(
            title=event.name if event.what == "moved" else _happening(event, departments),
            at=event.at,
            by=" ".join(part for part in (departments.get(event.department, ""), event.by_name) if part)
            if not event.by.startswith("system:")
            else gettext("by itself"),
            note=event.note,
            entry_id=event.entry_id,
        )
        for event in reversed(events)
    ]


def _happening(event: CaseEvent, departments: Mapping[str, str]) -> str:
    label = f"state.flow.happening.{event.what}"
    name = departments.get(event.name, event.name) if event.what != "opened" else ""
    return f"{gettext(label)} {name}".strip()


def fact_rows(facts: Sequence[KnownFact], departments: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(fact.name, _value(fact, departments)) for fact in facts]


def _value(fact: KnownFact, departments: Mapping[str, str]) -> str:
    value: Any = fact.value
    match fact.kind:
        case "yes_no":
            return gettext("yes") if value else gettext("no")
        case "list":
            return "、".join(str(part) for part in value)
        case "table":
            return "、".join(f"{name} {part}" for name, part in value.items())
        case "department":
            return departments.get(str(value), str(value))
        case _:
            return str(value)


def headline(file: CaseFile) -> tuple[str, str]:
    """Two short lines a citizen wants: how it stands, and by when; the second may be empty."""
    case = file.case
    if case.state == "closed":
        return case.stage_name, ""
    if any(turn.mine for turn in file.turns):
        return gettext("It is your turn: %(stage)s") % {"stage": case.stage_name}, ""
    if case.state == "suspended" and file.turns:
        return gettext("The clock stands still: %(why)s") % {"why": file.turns[0].pause_name}, ""
    if case.due_at is not None and not any(turn.overdue for turn in file.turns):
        due = {"day": day_name(case.due_at), "hour": hour(case.due_at)}
        return case.stage_name, gettext("by %(day)s %(hour)s at the latest") % due
    return case.stage_name, ""
