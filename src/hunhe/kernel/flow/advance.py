"""Entering stages: a turn begins, branches split and join, an end closes the case. The case row is saved here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hunhe.kernel.flow import journal, models, tell, turns
from hunhe.kernel.flow.procedure import Procedure, Step
from hunhe.kernel.flow.rows import guard_case
from hunhe.kernel.flow.rules import Left, guard_values
from hunhe.stone.who import Who


def enter(
    who: Who,
    case: models.Case,
    procedure: Procedure,
    targets: Sequence[str],
    values: Mapping[str, Any],
    now: datetime,
    others: Sequence[models.Task] = (),
    left: Left | None = None,
) -> None:
    """Put a case into its next stages and set the fields that follow from it; the caller saves the row.

    left: the stage it comes from, whose limit may run on. others: branches still under way. A final stage ends every branch. A stage that joins begins once no other branch is under way.
    """
    stages = [procedure.stage_by_id[target] for target in targets]
    first = stages[0]
    if first.final:
        turns.end(who, others, "cancelled", now)
        case.state, case.outcome, case.closed_at, case.due_at, case.pause = "closed", first.final, now, None, ""
        case.stage, case.stage_name = first.id, first.name
        tell.closed(case)
        return
    if first.join and others:
        stages, first = [], procedure.stage_by_id[others[0].stage]
    begun = [turns.begin(case, procedure, stage, values, now, left) for stage in stages]
    case.stage, case.stage_name = first.id, first.name
    settle(case, [*others, *begun])


def settle(case: models.Case, tasks: Sequence[models.Task]) -> None:
    """State and limit of a case that runs, from its live tasks: suspended only when every branch is paused."""
    paused = [task for task in tasks if task.state == "paused"]
    case.state = "suspended" if paused and len(paused) == len(tasks) else "open"
    case.pause = paused[0].pause if case.state == "suspended" else ""
    case.due_at = turns.nearest_due(tasks)


def finish(who: Who, case: models.Case, procedure: Procedure, step: Step, now: datetime) -> None:
    """What follows once every effect of a move is confirmed: the case enters the stages the move leads to."""
    case.rev += 1
    case.seq += 1
    values = guard_values(who, case.facts, guard_case(case), now)
    enter(who, case, procedure, step.targets, values, now, turns.live_tasks(case), _left_before_effects(case))
    save(case)
    journal.write(who, case, "confirmed", now, move=step.id, name=step.name, to_stage=case.stage)
    if case.state == "closed":
        journal.publish(who, case, "closed", step.id)


def _left_before_effects(case: models.Case) -> Left | None:
    """The turn that the move with effects ended: its limit may run on."""
    task = models.Task.objects.filter(case=case, live=0, state="done").order_by("-done_at", "-id").first()
    return Left(task.stage, task.due_at, None) if task is not None else None


def save(case: models.Case) -> None:
    fields = ["stage", "stage_name", "state", "outcome", "pause", "origin", "facts", "due_at", "closed_at", "rev", "seq"]
    case.save(update_fields=fields)
