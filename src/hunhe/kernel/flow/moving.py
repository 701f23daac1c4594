"""A move: one transaction that checks who, when, why and on what facts, and leaves the case whole in its next stage."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from hunhe.kernel.flow import advance, effects, journal, models, turns
from hunhe.kernel.flow.asking import said_facts, whole_facts
from hunhe.kernel.flow.opening import known_departments
from hunhe.kernel.flow.procedure import Procedure, Step
from hunhe.kernel.flow.rows import case_shape, guard_case, locked_case, no_such_case, procedure_of
from hunhe.kernel.flow.rules import Left, guard_values, holds, is_actor, is_actor_of, steps_of
from hunhe.kernel.flow.shapes import Asked
from hunhe.kernel.flow.sight import may_see
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who

LONGEST_NOTE = 2000


def move_case(
    who: Who, case_id: str, move: str, expected_version: int, given: Mapping[str, Any], note: str, key: str
) -> models.Case:
    with transaction.atomic():
        case = locked_case(case_id)
        tasks = turns.live_tasks(case)
        if not may_see(who, case, tasks):
            raise no_such_case()
        if key and _already(who, case, move, key):
            return case
        _still(case, expected_version)
        procedure = procedure_of(case)
        task, step = _turn(who, case, procedure, tasks, move)
        ready(case, expected_version, even_suspended=step.kind == "withdraw")
        _allowed(who, case, procedure, task, step)
        note = note.strip()
        if (step.reasoned and not note) or len(note) > LONGEST_NOTE:
            raise Invalid("flow.move.reason", msgid("Say why, in at most %(limit)s signs."), limit=LONGEST_NOTE)
        facts = said_facts(procedure, given, step.facts, step.optional)
        go(who, case, procedure, tasks, task, step, facts, note, key)
        return case


def withdraw_case(who: Who, case_id: str, expected_version: int, note: str, key: str) -> models.Case:
    with transaction.atomic():
        case = locked_case(case_id)
        tasks = turns.live_tasks(case)
        if not may_see(who, case, tasks):
            raise no_such_case()
        found = turn_steps(procedure_of(case), tasks)
        move = next((step.id for _, step in found if step.kind == "withdraw"), "")
        if not move and not key:
            ready(case, expected_version, even_suspended=True)
            raise Conflict("flow.withdraw.not_here", msgid("A case cannot be withdrawn in “%(stage)s”."), stage=case.stage_name)
        return move_case(who, case_id, move, expected_version, {}, note, key)


def go(
    who: Who,
    case: models.Case,
    procedure: Procedure,
    tasks: Sequence[models.Task],
    task: models.Task,
    step: Step,
    facts: dict[str, Any],
    note: str = "",
    key: str = "",
) -> None:
    """Take a step that was found lawful: case, task, timers, event and audit entry change together or not at all.

    tasks: all live ones of the case, `task` among them. facts: what the caller said; what rooms supply is asked for here.
    """
    now = clock.now()
    asked = Asked(
        who=who,
        procedure=procedure.id,
        department=case.department,
        subject_id=case.subject_id,
        case=case_shape(case),
        move=step.id,
        given=facts,
    )
    facts = whole_facts(procedure, asked, step.facts, step.optional, step.checked_by)
    known_departments(procedure, facts)
    seen = {**case.facts, **facts}
    values = guard_values(who, seen, {**guard_case(case), "stage": task.stage}, now)
    if not holds(step.guard, values):
        why = step.refusal or step.name
        raise Invalid("flow.move.guard", msgid("This cannot be done yet: %(why)s"), why=why)
    case.facts = seen
    if step.approves and case.origin == "office":
        case.origin = "approved"
    case.rev += 1
    case.seq += 1
    turns.end(who, [task], "done", now)
    as_of = task.arrived_at if step.from_arrival else None
    if step.effects:
        effects.wait_for(who, case, step, now)
    else:
        others = [other for other in tasks if other.id != task.id]
        left = Left(task.stage, task.due_at, as_of, step.keeps_clock)
        advance.enter(who, case, procedure, step.targets, values, now, others, left)
    advance.save(case)
    journal.write(
        who,
        case,
        "moved",
        now,
        move=step.id,
        name=step.name,
        from_stage=task.stage,
        to_stage=",".join(step.targets),
        note=note,
        facts=facts,
        seen=seen,
        key=key,
        as_of=as_of,
    )
    if case.state == "closed":
        journal.publish(who, case, "closed", step.id)


def ready(case: models.Case, expected_version: int, *, even_suspended: bool = False) -> None:
    """Conflict unless the case is where the caller believes it to be and may change now."""
    _still(case, expected_version)
    if case.state == "closed":
        raise Conflict("flow.case.closed", msgid("This case is closed."))
    if case.state == "effecting":
        raise Conflict("flow.case.effecting", msgid("The last step is still being carried out. Try again shortly."))
    if case.state == "suspended" and not even_suspended:
        raise Conflict("flow.case.suspended", msgid("The clock of this case is stopped. Resume it first."))


def _still(case: models.Case, expected_version: int) -> None:
    if case.rev != expected_version:
        raise Conflict(
            "flow.case.moved_on", msgid("This case has moved on since you looked. Look again, then decide."), rev=case.rev
        )


def _already(who: Who, case: models.Case, move: str, key: str) -> bool:
    known = models.Event.objects.filter(case=case, by=who.id, key=key).values_list("move", flat=True).first()
    if known is not None and known != move:
        raise Conflict("flow.move.key_reused", msgid("This key has already been used for another move."))
    return known is not None


def _turn(
    who: Who, case: models.Case, procedure: Procedure, tasks: Sequence[models.Task], move: str
) -> tuple[models.Task, Step]:
    """The task and step that a move means; among branches, the caller's own first."""
    found = turn_steps(procedure, tasks, move)
    if not found:
        closed = case.state in ("closed", "effecting")
        if closed:
            ready(case, case.rev)
        raise Conflict(
            "flow.move.not_here", msgid("“%(move)s” cannot be done in “%(stage)s”."), move=move, stage=case.stage_name
        )
    return next((pair for pair in found if is_mine(who, case, procedure, *pair)), found[0])


def turn_steps(procedure: Procedure, tasks: Sequence[models.Task], move: str = "") -> list[tuple[models.Task, Step]]:
    """Steps that leave the stages where tasks stand; all, or those of one move."""
    return [(task, step) for task in tasks for step in steps_of(procedure, task.stage) if not move or step.id == move]


def is_mine(who: Who, case: models.Case, procedure: Procedure, task: models.Task, step: Step) -> bool:
    """Whether the caller is one who may take this step, by post and turn. A step's own actor goes before the stage's."""
    if step.automatic and not who.is_system:
        return False
    if step.actor is not None:
        return is_actor_of(who, procedure, step.actor, case.department, case.facts, case.subject_id)
    if task.account is not None and not who.is_system:
        return who.id == task.account
    return acts_on(who, case, task)


def acts_on(who: Who, case: models.Case, task: models.Task) -> bool:
    return is_actor(
        who,
        subject=task.for_subject,
        department=task.department,
        may=task.may,
        posts=tuple(task.posts.split()),
        subject_id=case.subject_id,
    )


def _allowed(who: Who, case: models.Case, procedure: Procedure, task: models.Task, step: Step) -> None:
    if not is_mine(who, case, procedure, task, step):
        raise Denied("flow.move.not_your_turn", msgid("“%(stage)s” is not your turn."), stage=task.stage_name)
    if task.state == "paused" and step.kind != "withdraw":
        raise Conflict("flow.case.suspended", msgid("The clock of this case is stopped. Resume it first."))
    if step.second_person and not who.is_system and who.id == case.opened_by:
        raise Denied("flow.move.second_person", msgid("Whoever opened a case cannot approve it. Ask a colleague."))
    if step.apart_from and not who.is_system and taken_by(who, case) & set(step.apart_from):
        raise Denied("flow.move.apart", msgid("You took an earlier step of this case, so somebody else must take this one."))


def taken_by(who: Who, case: models.Case) -> set[str]:
    """Moves of a case that this caller has taken."""
    return set(models.Event.objects.filter(case=case, by=who.id, what="moved").values_list("move", flat=True))
