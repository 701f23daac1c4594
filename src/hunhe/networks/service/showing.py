"""From shapes to what templates draw, in the reader's language: rivers, trails, headlines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from hunhe.kernel.city import queries as city
from hunhe.kernel.flow.shapes import CaseEvent, CaseFile, Move, Turn
from hunhe.kernel.org import queries as org
from hunhe.networks.service.shapes import Application, Draft, FormLine
from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.ui.shapes import StatusKind, Step, StepState
from hunhe.ui.words import day, day_name, moment

SYSTEM = Who.system("service")
_STATES: Mapping[str, StepState] = {"past": "done", "here": "now", "waiting": "waiting", "future": "ahead"}
_KINDS: Mapping[str, StatusKind] = {"open": "run", "suspended": "pause", "effecting": "idle", "closed": "ok"}
TOLD = ("opened", "moved", "suspended", "resumed", "more_asked", "extended", "more_refused", "escalated", "overdue")


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of what happened."""

    title: str
    at: datetime
    by: str
    note: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the act bar. dialog: it asks for something first. inputs: facts to be written in the dialog."""

    move: Move
    css: str
    key: str
    dialog: bool
    inputs: tuple[tuple[str, str, bool], ...] = ()


def department_names() -> dict[str, str]:
    return {one.code: one.short_name or one.name for one in org.list_departments(who=SYSTEM)}


def groups(lines: Sequence[FormLine]) -> list[tuple[str, list[FormLine]]]:
    """Lines by group, in the form's order."""
    found: dict[str, list[FormLine]] = {}
    for line in lines:
        found.setdefault(line.group, []).append(line)
    return list(found.items())


def is_asked(line: FormLine) -> bool:
    """Whether the form asks for it: nothing stands there, or what stands there is the applicant's own word."""
    return line.value is None or line.value.grade in ("C", "D")


def draft_steps(draft: Draft) -> list[Step]:
    """Filled in, what you fill in, check, sent."""
    gaps = draft.gaps
    yours = ngettext("you fill in %(n)d", "you fill in %(n)d", gaps) % {"n": gaps} if gaps else gettext("all there")
    return [
        Step(gettext("filled in %(n)d") % {"n": draft.filled}, "done"),
        Step(yours, "now" if gaps else "done"),
        Step(gettext("look through"), "ahead" if gaps else "now"),
        Step(gettext("sent"), "ahead"),
    ]


def due_steps(file: CaseFile) -> list[Step]:
    """The lying river of a case: sent, how much has passed, how much is left."""
    case, turn = file.case, file.turns[0] if file.turns else None
    begin = Step(gettext("sent %(day)s") % {"day": day(case.opened_at)}, "done")
    if not case.is_open and case.closed_at:
        return [begin, Step(gettext("closed %(day)s") % {"day": day(case.closed_at)}, "done")]
    if turn is None or turn.due_at is None or turn.for_subject:
        return [begin, Step(case.stage_name, "now"), Step(gettext("finished"), "ahead")]
    passed = max(0, city.calendar(who=SYSTEM).working_days_between(case.opened_at, clock.now()))
    gone = (
        ngettext("%(n)d working day passed", "%(n)d working days passed", passed) % {"n": passed} if passed else gettext("now")
    )
    if turn.pause:
        return [begin, Step(turn.pause_name, "waiting"), Step(gettext("clock stands still"), "ahead")]
    left = turn.left or 0
    rest = ngettext("%(n)d left", "%(n)d left", left) % {"n": left} if left > 0 else gettext("due today")
    return [begin, Step(gone, "late" if turn.overdue else "now"), Step(gettext("overdue") if turn.overdue else rest, "ahead")]


def headline(file: CaseFile, application: Application) -> tuple[str, str]:
    """Two short lines: how it stands, and by when or what next."""
    case, turn = file.case, file.turns[0] if file.turns else None
    if case.outcome == "granted":
        return gettext("Done well"), gettext("%(name)s is yours") % {"name": application.name}
    if not case.is_open:
        return case.stage_name, ""
    if turn is not None and turn.for_subject:
        return gettext("It is your turn"), gettext("mend it here, once")
    if case.state == "effecting":
        return gettext("“%(stage)s” is being carried out") % {"stage": case.stage_name}, gettext("you need do nothing")
    now = gettext("Now: %(stage)s") % {"stage": case.stage_name}
    if turn is None or turn.due_at is None:
        return now, ""
    if turn.pause:
        return now, gettext("clock stands still: %(why)s") % {"why": turn.pause_name}
    if turn.overdue:
        return now, gettext("past its day, brought one level up")
    return now, gettext("answer by %(day)s at the latest") % {"day": day(turn.due_at)}


def case_steps(file: CaseFile, departments: Mapping[str, str], *, rated: bool) -> list[Step]:
    """The standing river: what happened, what is now, what is ahead, the rating at its end."""
    found = [
        Step(_citizen_title(event), "done", _note(event))
        for event in file.events
        if event.what in ("opened", "moved", "suspended", "resumed", "extended")
    ]
    case = file.case
    if case.is_open:
        turn = file.turns[0] if file.turns else None
        state: StepState = "late" if turn and turn.overdue else "waiting" if case.state != "open" else "now"
        found.append(Step(case.stage_name, state, _now_note(turn, departments)))
        ahead = [stop for stop in file.stops if stop.state == "future"]
        found += [Step(stop.name, "ahead") for stop in ahead]
    if case.is_open or case.outcome != "withdrawn":
        state = "done" if rated else "ahead" if case.is_open else "now"
        found.append(Step(gettext("Your rating"), state, "" if rated else gettext("one or two stars: we call you")))
    return found


def _citizen_title(event: CaseEvent) -> str:
    if event.what == "opened":
        return gettext("Application received")
    if event.what == "suspended":
        return gettext("Clock stopped: %(why)s") % {"why": event.name}
    if event.what == "resumed":
        return gettext("Clock runs again")
    if event.what == "extended":
        return gettext("The time to decide was extended")
    return event.name


def _note(event: CaseEvent) -> str:
    parts = [moment(event.at)]
    if event.as_of:
        parts.append(gettext("counts from %(day)s") % {"day": day(event.as_of)})
    if event.note:
        parts.append(event.note)
    return " · ".join(parts)


def _now_note(turn: Turn | None, departments: Mapping[str, str]) -> str:
    if turn is None:
        return ""
    if turn.for_subject:
        return gettext("your turn")
    parts = [departments.get(turn.department, turn.department)]
    if turn.pause:
        parts.append(gettext("clock stands still: %(why)s") % {"why": turn.pause_name})
    elif turn.due_at:
        parts.append(gettext("by %(day)s at the latest") % {"day": day(turn.due_at)})
    return " · ".join([*parts, gettext("you need do nothing")])


def desk_steps(file: CaseFile) -> list[Step]:
    return [
        Step(
            stop.name,
            "late" if stop.late else _STATES[stop.state],
            day_name(stop.at) if stop.state == "past" and stop.at else gettext("now") if stop.state == "here" else "",
        )
        for stop in file.stops
    ]


def status_kind(file: CaseFile) -> StatusKind:
    return "late" if any(turn.overdue for turn in file.turns) else _KINDS[file.case.state]


def due_words(due_at: datetime | None, left: int | None, *, overdue: bool, paused: bool) -> str:
    """“5 working days left”, “today 17:00”, “2 working days overdue”."""
    if paused:
        return gettext("clock stands still")
    if due_at is None or left is None:
        return gettext("waiting for the applicant")
    if overdue or due_at < clock.now():
        late = max(1, -left)
        return ngettext("%(n)d working day overdue", "%(n)d working days overdue", late) % {"n": late}
    if left <= 0:
        return moment(due_at)
    return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}


def turn_words(turn: Turn) -> str:
    return due_words(turn.due_at, turn.left, overdue=turn.overdue, paused=bool(turn.pause))


def trail(events: Sequence[CaseEvent], departments: Mapping[str, str]) -> list[TrailLine]:
    """History, newest first."""
    return [
        TrailLine(
            title=_desk_title(event),
            at=event.at,
            by=" ".join(part for part in (departments.get(event.department, ""), event.by_name) if part)
            if not event.by.startswith("system:")
            else gettext("by itself"),
            note=event.note,
            as_of=event.as_of,
        )
        for event in reversed(events)
        if event.what in TOLD
    ]


def _desk_title(event: CaseEvent) -> str:
    if event.what == "escalated":
        return gettext("Brought one level up")
    if event.what == "overdue":
        return gettext("Limit passed")
    if event.what == "more_asked":
        return gettext("More time asked for")
    if event.what == "more_refused":
        return gettext("No more time given")
    return _citizen_title(event)


def acts_of(moves: Sequence[Move], hidden: Sequence[str] = ()) -> list[Act]:
    """The caller's moves as buttons: the first forward one is the primary; refusing stands at the far end."""
    acts: list[Act] = []
    order = ("forward", "return", "withdraw", "refuse")
    for move in sorted((one for one in moves if one.id not in hidden), key=lambda one: order.index(one.kind)):
        first = not any(act.css == "primary" for act in acts) and move.kind == "forward"
        css = "primary" if first else {"refuse": "refuse", "withdraw": "quiet"}.get(move.kind, "second")
        inputs = tuple((fact.id, fact.name, fact.required) for fact in move.facts if fact.kind == "text")
        key = "" if move.kind in ("refuse", "withdraw") else "ABCDEFGH"[len(acts)].lower()
        acts.append(Act(move, css, key, bool(inputs) or move.needs_reason, inputs))
    return acts
