"""What happens when nobody moved in time. A timer is a job; it does nothing once its task is done or its clock stopped."""

from django.db import transaction

from hunhe.kernel.events.shapes import Job
from hunhe.kernel.flow import advance, journal, models, moving, tell
from hunhe.kernel.flow.procedure import Procedure, Timeout
from hunhe.kernel.flow.rows import guard_case, locked_case, procedure_of
from hunhe.kernel.flow.rules import department_of, guard_values, holds, steps_of
from hunhe.kernel.flow.shapes import Happening
from hunhe.stone import clock
from hunhe.stone.who import Who

SYSTEM = Who.system("flow")


def fire(job: Job) -> None:
    """Carry out one timer, once."""
    timer_id = str(job.payload["timer"])
    known = models.Timer.objects.filter(id=timer_id).values_list("task__case_id", flat=True).first()
    if known is None:
        return
    with transaction.atomic():
        case = locked_case(known)
        timer = models.Timer.objects.select_for_update(of=("self",)).select_related("task").get(id=timer_id)
        if timer.state != "armed":
            return
        timer.state = "fired"
        timer.save(update_fields=["state"])
        procedure = procedure_of(case)
        if timer.what == "due":
            _overdue(case, timer)
        else:
            timeouts = procedure.stage_by_id[timer.task.stage].timeouts
            _timeout(case, procedure, timer, timeouts[int(timer.what)])


def _overdue(case: models.Case, timer: models.Timer) -> None:
    task = timer.task
    task.overdue = True
    task.save(update_fields=["overdue"])
    _note(case, task, "overdue", "")
    tell.late(case, task, timer.id)


def _timeout(case: models.Case, procedure: Procedure, timer: models.Timer, timeout: Timeout) -> None:
    task = timer.task
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
    step = next(step for step in steps_of(procedure, task.stage) if step.id == move)
    values = guard_values(SYSTEM, case.facts, {**guard_case(case), "stage": task.stage}, clock.now())
    if holds(step.guard, values):
        moving.go(SYSTEM, case, procedure, task, step, {}, "", "")


def _note(case: models.Case, task: models.Task, what: Happening, name: str) -> None:
    """A line of history that changes no stage: the version callers hold stays good."""
    case.seq += 1
    advance.save(case)
    journal.write(SYSTEM, case, what, clock.now(), name=name, from_stage=task.stage, to_stage=task.stage)
