"""From rows to shapes, and the one way a case row is taken for a change."""

from collections.abc import Mapping
from typing import Any, cast

from hunhe.kernel.flow import models
from hunhe.kernel.flow.content import parsed
from hunhe.kernel.flow.procedure import Procedure
from hunhe.kernel.flow.shapes import Case, CaseEvent, CaseState, Fact, Happening, Move, Origin, Task, TaskState
from hunhe.stone.errors import NotFound, msgid


def procedure_of(row: models.Case) -> Procedure:
    """The version a case is pinned to."""
    return parsed(row.procedure)


def locked_case(case_id: str) -> models.Case:
    """The case with its procedure, held until the transaction ends. NotFound."""
    rows = models.Case.objects.select_for_update(of=("self",)).select_related("procedure").defer("procedure__body")
    try:
        return rows.get(id=case_id)
    except models.Case.DoesNotExist:
        raise no_such_case() from None


def no_such_case() -> NotFound:
    return NotFound("flow.case.unknown", msgid("There is no such case, or none that you may see."))


def case_shape(row: models.Case) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        procedure=row.procedure_code,
        procedure_name=row.procedure_name,
        version=row.version,
        title=row.title,
        stage=row.stage,
        stage_name=row.stage_name,
        state=cast("CaseState", row.state),
        outcome=row.outcome,
        origin=cast("Origin", row.origin),
        department=row.department,
        subject_id=row.subject_id,
        opened_by=row.opened_by,
        facts=row.facts,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        pause=row.pause,
        rev=row.rev,
    )


def task_shape(row: models.Task) -> Task:
    """A task whose case was joined."""
    return Task(
        id=row.id,
        case_id=row.case_id,
        number=row.case.number,
        title=row.case.title,
        procedure=row.case.procedure_code,
        procedure_name=row.case.procedure_name,
        stage=row.stage,
        stage_name=row.stage_name,
        department=row.department,
        account=row.account,
        state=cast("TaskState", row.state),
        arrived_at=row.arrived_at,
        due_at=row.due_at,
        overdue=row.overdue,
        pause=row.pause,
    )


def event_shape(row: models.Event) -> CaseEvent:
    return CaseEvent(
        seq=row.seq,
        what=cast("Happening", row.what),
        move=row.move,
        name=row.name,
        from_stage=row.from_stage,
        to_stage=row.to_stage,
        by=row.by,
        by_name=row.by_name,
        department=row.department,
        at=row.at,
        note=row.note,
        facts=row.facts,
        entry_id=row.entry_id,
        as_of=row.as_of,
    )


def fact_shapes(procedure: Procedure, required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[Fact, ...]:
    """What a caller says; what rooms supply is not asked of anybody."""
    return tuple(
        Fact(id=name, name=procedure.facts[name].name, kind=procedure.facts[name].kind, required=name in required)
        for name in procedure.said((*required, *optional))
    )


def move_shape(procedure: Procedure, stage: str, number: int) -> Move:
    step = procedure.moves_from[stage][number]
    return Move(
        id=step.id,
        name=step.name,
        kind=step.kind,
        stage=stage,
        facts=fact_shapes(procedure, step.facts, step.optional),
        needs_reason=step.reasoned,
        order=number,
        supplied=procedure.supplied((*step.facts, *step.optional)),
    )


def guard_case(row: models.Case) -> Mapping[str, Any]:
    """What guards know as `case`."""
    return {
        "id": row.id,
        "number": row.number,
        "stage": row.stage,
        "origin": row.origin,
        "department": row.department,
        "opened_by": row.opened_by,
        "version": row.version,
        "has_subject": row.subject_id is not None,
    }
