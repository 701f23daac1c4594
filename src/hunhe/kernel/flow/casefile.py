"""One case for one reader: river, clocks, facts, history, and what they may do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hunhe.kernel.flow import extending, models, moving, turns
from hunhe.kernel.flow.procedure import Deadline, Procedure, Step
from hunhe.kernel.flow.rivers import stops
from hunhe.kernel.flow.rows import case_shape, event_shape, guard_case, move_shape, procedure_of
from hunhe.kernel.flow.rules import guard_values, holds, steps_of
from hunhe.kernel.flow.shapes import CaseFile, KnownFact, Move, Turn
from hunhe.stone import clock
from hunhe.stone.who import Who


def read(who: Who, case: models.Case, longest: int) -> CaseFile:
    procedure, tasks, now = procedure_of(case), turns.live_tasks(case), clock.now()
    events = tuple(event_shape(row) for row in models.Event.objects.filter(case=case).order_by("seq")[:longest])
    here = [task.stage for task in tasks] or [case.stage]
    return CaseFile(
        case=case_shape(case),
        basis=procedure.basis,
        facts=tuple(
            KnownFact(id=name, name=kind.name, kind=kind.kind, value=case.facts[name])
            for name, kind in procedure.facts.items()
            if name in case.facts and not (kind.desk and who.kind == "citizen")
        ),
        stops=stops(procedure, events, here, state=case.state, late=any(task.overdue for task in tasks)),
        turns=tuple(_turn(who, case, procedure, task, now) for task in tasks),
        moves=moves(who, case, procedure, tasks),
        events=events,
    )


def moves(who: Who, case: models.Case, procedure: Procedure, tasks: Sequence[models.Task]) -> tuple[Move, ...]:
    """Steps the caller may take now. A guard is weighed unless it asks for facts that the step itself brings."""
    now = clock.now()
    found: dict[str, Move] = {}
    taken = moving.taken_by(who, case) if any(step.apart_from for step in procedure.moves) else set()
    for task in tasks:
        values = guard_values(who, case.facts, {**guard_case(case), "stage": task.stage}, now)
        for number, step in enumerate(steps_of(procedure, task.stage)):
            waits = task.state == "paused" and step.kind != "withdraw"
            alone = (step.second_person and who.id == case.opened_by) or (not who.is_system and taken & set(step.apart_from))
            if waits or alone or step.automatic or not moving.is_mine(who, case, procedure, task, step):
                continue
            if _may_hold(step, values):
                found.setdefault(step.id, move_shape(procedure, task.stage, number))
    return tuple(found.values())


def _may_hold(step: Step, values: Mapping[str, Any]) -> bool:
    brings = (*step.facts, *step.optional)
    return any(f"facts.{name}" in step.guard for name in brings) or holds(step.guard, values)


def _turn(who: Who, case: models.Case, procedure: Procedure, task: models.Task, now: datetime) -> Turn:
    limit = _limit(procedure, task)
    mine = moving.acts_on(who, case, task)
    pause = procedure.pauses.get(task.pause)
    may_pause = limit is not None and mine and not who.is_system and task.state == "open"
    left = turns.work_calendar().working_days_between(now, task.due_at) if task.due_at is not None else None
    return Turn(
        task=task.id,
        stage=task.stage,
        stage_name=task.stage_name,
        department=task.department,
        account=task.account,
        for_subject=task.for_subject,
        mine=mine,
        arrived_at=task.arrived_at,
        due_at=task.due_at,
        left=left,
        overdue=task.overdue,
        basis=limit.basis if limit else "",
        pause=task.pause,
        pause_name=pause.name if pause else "",
        pause_basis=pause.basis if pause else "",
        escalated_to=task.up_department,
        pauses=tuple((code, procedure.pauses[code].name) for code in limit.pauses) if limit and may_pause else (),
        extension=extending.shown(who, case, procedure, task),
    )


def _limit(procedure: Procedure, task: models.Task) -> Deadline | None:
    if task.limit_index is None:
        return None
    return procedure.stage_by_id[task.stage].deadlines[task.limit_index]
