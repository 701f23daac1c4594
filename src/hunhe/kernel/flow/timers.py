"""What happens when nobody moved in time. A timer is a job; it does nothing once its task is done or its clock stopped."""

from datetime import datetime

from django.db import transaction

from hunhe.kernel.events.shapes import Job
from hunhe.kernel.flow import advance, journal, models, moving, tell, turns
from hunhe.kernel.flow.procedure import Procedure, Timeout
from hunhe.kernel.flow.rows import guard_case, locked_case, procedure_of
from hunhe.kernel.flow.rules import department_of, guard_values, holds, steps_of
from hunhe.kernel.flow.shapes import Happening
from hunhe.stone import clock
from hunhe.stone.errors import Unavailable, msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("flow")


def fire(job: Job) -> None:
    """Carry out what is due for one task, each timer once, and wait for its next."""
    known = models.Timer.objects.filter(id=str(job.payload["timer"])).values_list("task_id", "task__case_id").first()
    if known is None:
        return
    with transaction.atomic():
        case = locked_case(known[1])
        task = models.Task.objects.get(id=known[0])
        for timer in sorted(models.Timer.objects.filter(task=task, state="armed"), key=_order):
            if timer.at > clock.now():
                turns.wait_for(timer)
                return
            # a time-out that moves the case has cancelled the rest
            if models.Timer.objects.filter(id=timer.id, state="armed").update(state="fired"):
                _carry_out(case, task, timer)


def _order(timer: models.Timer) -> tuple[datetime, bool, str]:
    """By moment; a limit passes before what follows from it."""
    return timer.at, timer.what != "due", timer.what


def _carry_out(case: models.Case, task: models.Task, timer: models.Timer) -> None:
    if timer.what == "due":
        _overdue(case, task, timer)
        return
    procedure = procedure_of(case)
    _timeout(case, procedure, task, timer, procedure.stage_by_id[task.stage].timeouts[int(timer.what)])


def _overdue(case: models.Case, task: models.Task, timer: models.Timer) -> None:
    task.overdue = True
    task.save(update_fields=["overdue"])
    _note(case, task, "overdue", "")
    tell.late(case, task, timer.id)


def _timeout(case: models.Case, procedure: Procedure, task: models.Task, timer: models.Timer, timeout: Timeout) -> None:
    if timeout.then == "move":
        _move(case, procedure, task, timeout.move)
        return
    if timeout.to is None:
        raise AssertionError("a time-out tells somebody")
    department = department_of(procedure, timeout.to.department, case.department, case.facts)
    if timeout.then == "escalate":
        task.up_department, task.up_may = department, timeout.to.may
        task.save(update_fields=["up_department", "up_may"])
        _note(case, task, "escalated", department)
    else:
        _note(case, task, "reminded", department)
    tell.reminder(case, task, department, timeout.to.may, timer.id)


def _move(case: models.Case, procedure: Procedure, task: models.Task, move: str) -> None:
    """The move that follows of itself; not when its guard does not hold."""
    if case.state == "effecting":
        raise Unavailable("flow.case.effecting", msgid("The last step is still being carried out. Try again shortly."))
    step = next(step for step in steps_of(procedure, task.stage) if step.id == move)
    values = guard_values(SYSTEM, case.facts, {**guard_case(case), "stage": task.stage}, clock.now())
    if holds(step.guard, values):
        moving.go(SYSTEM, case, procedure, turns.live_tasks(case), task, step, {})


def _note(case: models.Case, task: models.Task, what: Happening, name: str) -> None:
    """A line of history that changes no stage: the version callers hold stays good."""
    case.seq += 1
    advance.save(case)
    journal.write(SYSTEM, case, what, clock.now(), name=name, from_stage=task.stage, to_stage=task.stage)
