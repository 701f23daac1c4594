"""Decisions about one case: who may act, which facts fit, which limit runs, when it falls due. Pure; the time is passed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from msgspec.structs import replace

from hunhe.kernel.flow.procedure import Actor, Deadline, Extension, FactKind, Procedure, Stage, Step
from hunhe.stone.errors import Denied, Invalid, msgid
from hunhe.stone.expressions import LONGEST_TEXT, guard, measure
from hunhe.stone.who import Who

GUARD_NAMES = frozenset({"facts", "case", "by", "now"})
MOVE_PERMISSION = "flow.may_move_cases"
OPEN_PERMISSION = "flow.may_open_cases"
WHOLE_CASE = "case"
FACT = "facts."
NO_POST = ("",)


class Calendar(Protocol):
    """What the engine asks of the working calendar."""

    def deadline(self, moment: datetime, days: int) -> datetime: ...
    def add_working_hours(self, moment: datetime, hours: float) -> datetime: ...
    def working_days_between(self, start: date | datetime, end: date | datetime) -> int: ...
    def working_time_between(self, start: datetime, end: datetime) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class Left:
    """The stage a move leaves, with its limit. as_of: the day from which the move holds, if that is not the day it was taken.

    keeps_clock: the stage entered goes on with the limit it had when the case was last there.
    """

    stage: str
    due_at: datetime | None
    as_of: datetime | None
    keeps_clock: bool = False


def department_of(procedure: Procedure, role: str, case_department: str, facts: Mapping[str, Any]) -> str:
    """The code of the department that plays `role` in a case."""
    said = procedure.departments.get(role, WHOLE_CASE)
    if said == WHOLE_CASE:
        return case_department
    if said.startswith(FACT):
        return str(facts.get(said.removeprefix(FACT), ""))
    return said


def posts_of(actor: Actor, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Roles or codes of the posts that may act; none: any post that holds the permission; NO_POST where a fact should name some
    and names none."""
    if not actor.post.startswith(FACT):
        return (actor.post,) if actor.post else ()
    said = facts.get(actor.post.removeprefix(FACT)) or NO_POST
    return (said,) if isinstance(said, str) else tuple(str(post) for post in said)


def held_by(posts: Iterable[str]) -> frozenset[str]:
    """What posts are called in a procedure: by whole code, and by role."""
    return frozenset(name for post in posts for name in (post, post.split(".")[1] if "." in post else post))


def is_actor(who: Who, *, subject: bool, department: str, may: str, posts: tuple[str, ...], subject_id: str | None) -> bool:
    """Whether the caller is one of those whose turn it is."""
    if who.is_system:
        return True
    if subject:
        return who.kind == "citizen" and who.subject_id is not None and who.subject_id == subject_id
    return (
        who.kind in ("official", "client")
        and bool(department)
        and who.department == department
        and who.holds(may or MOVE_PERMISSION)
        and (not posts or not held_by(who.posts).isdisjoint(posts))
    )


def is_actor_of(
    who: Who, procedure: Procedure, actor: Actor, case_department: str, facts: Mapping[str, Any], subject_id: str | None
) -> bool:
    return is_actor(
        who,
        subject=actor.subject,
        department=department_of(procedure, actor.department, case_department, facts),
        may=actor.may,
        posts=posts_of(actor, facts),
        subject_id=subject_id,
    )


def may_open(procedure: Procedure, who: Who, department: str, subject_id: str | None, origin: str) -> None:
    """Denied or Invalid when this caller may not open such a case."""
    opening = procedure.opening
    caller_may_open(procedure, who, department)
    if not who.is_system:
        if who.kind == "citizen" and (who.subject_id is None or who.subject_id != subject_id):
            raise Denied("flow.open.not_yourself", msgid("You can open this for yourself only, once your name is confirmed."))
        if origin != ("subject" if who.kind == "citizen" else "office"):
            raise Denied("flow.open.origin", msgid("You cannot say that this case comes from somebody else."))
    if origin not in opening.origins:
        raise Invalid("flow.open.origin_unknown", msgid("%(procedure)s is not opened this way."), procedure=procedure.name)
    if (opening.subject == "none" and subject_id) or (opening.subject == "required" and not subject_id):
        raise Invalid(
            "flow.open.subject", msgid("%(procedure)s needs to know whom it is about, or must not."), procedure=procedure.name
        )


def caller_may_open(procedure: Procedure, who: Who, department: str) -> None:
    """Denied when people like this caller never open such a case of this department."""
    opening = procedure.opening
    if who.is_system:
        return
    if who.kind not in opening.by:
        raise Denied("flow.open.not_for_you", msgid("This kind of case is not opened by people like you."))
    if who.kind == "citizen":
        return
    if not who.holds(opening.may or OPEN_PERMISSION):
        raise Denied("door.no_permission", msgid("Your posts do not include this. Ask your department's administrator."))
    if who.department != department:
        raise Denied("door.other_department", msgid("This belongs to another department."))


def fitting_facts(
    kinds: Mapping[str, FactKind], given: Mapping[str, Any], required: Iterable[str], optional: Iterable[str]
) -> dict[str, Any]:
    """The facts that come with a step, checked: every required one, none but those named, each of its kind."""
    facts = {name: value for name, value in given.items() if value is not None}
    required = tuple(required)
    unknown = sorted(set(facts) - set(required) - set(optional))
    if unknown:
        raise Invalid("flow.facts.unknown", msgid("%(names)s cannot be given here."), names=", ".join(unknown)[:200])
    missing = [kinds[name].name for name in required if facts.get(name, "") in ("", [], {})]
    if missing:
        raise Invalid("flow.facts.missing", msgid("Still missing: %(names)s."), names=", ".join(missing))
    for name, value in facts.items():
        if not _fits(kinds[name].kind, value):
            raise Invalid("flow.facts.kind", msgid("%(name)s is not written the way it should be."), name=kinds[name].name)
    measure({"facts": facts})
    return facts


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
        case "yes_no":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list | tuple)
        case "table":
            return isinstance(value, Mapping)
        case "date":
            return isinstance(value, str) and _is_date(value)
        case _:
            return isinstance(value, str) and len(value) <= LONGEST_TEXT and "\x00" not in value


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def guard_values(who: Who, facts: Mapping[str, Any], case: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What a guard sees: `facts`, `case`, `by` (who acts) and `now` as a timestamp text."""
    by = {"id": who.id, "kind": who.kind, "department": who.department or "", "posts": list(who.posts)}
    return {"facts": dict(facts), "case": dict(case), "by": by, "now": now.isoformat().replace("+00:00", "Z")}


def holds(source: str, values: Mapping[str, Any]) -> bool:
    return not source or guard(source, GUARD_NAMES).holds(values)


def limit_of(stage: Stage, values: Mapping[str, Any]) -> tuple[int, Deadline] | None:
    """The limit that runs in a stage, with its place in the file: the first whose condition holds."""
    return next(((index, limit) for index, limit in enumerate(stage.deadlines) if holds(limit.when, values)), None)


def due_at(calendar: Calendar, limit: Deadline, start: datetime) -> datetime:
    """When a limit that starts to run now is over. Working days end with the last one's working hours."""
    if limit.unit == "working_days":
        return calendar.deadline(start, limit.length)
    if limit.unit == "working_hours":
        return calendar.add_working_hours(start, limit.length)
    if limit.unit == "minutes":
        return start + timedelta(minutes=limit.length)
    return start + timedelta(days=limit.length)


def first_due(calendar: Calendar, limit: Deadline, now: datetime, left: Left | None) -> datetime:
    """The limit of a stage that is entered now. It runs on from the stage left where it continues that stage's limit, and
    counts from that stage's beginning where the move says so.
    """
    if left is None:
        return due_at(calendar, limit, now)
    if left.stage in limit.continues and left.due_at is not None:
        return left.due_at
    return due_at(calendar, limit, left.as_of or now)


def shifted_due(calendar: Calendar, unit: str, due: datetime, paused_at: datetime, now: datetime) -> datetime:
    """A limit after a pause: the time that stood still is added, in the limit's own unit."""
    if unit in ("days", "minutes"):
        return due + (now - paused_at)
    if unit == "working_hours":
        return calendar.add_working_hours(due, calendar.working_time_between(paused_at, now) / timedelta(hours=1))
    return calendar.deadline(due, max(0, calendar.working_days_between(paused_at, now)))


def extended_due(calendar: Calendar, limit: Deadline, extension: Extension, due: datetime) -> datetime:
    """A limit after its extension, in its own unit."""
    return due_at(calendar, replace(limit, length=extension.length), due)


def timeout_at(calendar: Calendar, due: datetime, after: int) -> datetime:
    """The moment of a time-out `after` working days past the limit; negative: before it, counted in calendar days."""
    return calendar.deadline(due, after) if after > 0 else due + timedelta(days=after)


def steps_of(procedure: Procedure, stage: str) -> tuple[Step, ...]:
    return procedure.moves_from.get(stage, ())
