"""Whose turn it is: tasks with their limits and timers come, pause, resume and go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import WorkCalendar
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import models, tell
from hunhe.kernel.flow.procedure import Procedure, Stage
from hunhe.kernel.flow.rules import NO_POST, Left, department_of, first_due, limit_of, posts_of, shifted_due, timeout_at
from hunhe.stone import ids
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("flow")
NEVER = datetime.fromisoformat(models.NEVER)
TIMER_JOB = "flow.timer"


def live_tasks(case: models.Case) -> list[models.Task]:
    return list(models.Task.objects.filter(case=case, live=1).order_by("arrived_at", "id"))


def work_calendar() -> WorkCalendar:
    return city.calendar(who=SYSTEM)


def begin(
    case: models.Case,
    procedure: Procedure,
    stage: Stage,
    values: Mapping[str, Any],
    now: datetime,
    left: Left | None = None,
) -> models.Task:
    """Give the turn to those who act in a stage, start its limit and tell them."""
    if stage.actor is None:
        raise AssertionError(f"stage {stage.id} of {procedure.id} has no actor")
    department = "" if stage.actor.subject else department_of(procedure, stage.actor.department, case.department, case.facts)
    if not department and not stage.actor.subject:
        raise Invalid(
            "flow.department.unknown", msgid("It is not known which department acts in “%(stage)s”."), stage=stage.name
        )
    posts = posts_of(stage.actor, case.facts)
    if posts == NO_POST:
        raise Invalid("flow.post.unknown", msgid("It is not known whose post acts in “%(stage)s”."), stage=stage.name)
    found = limit_of(stage, values)
    due = first_due(work_calendar(), found[1], now, left) if found else None
    if found and left is not None and left.keeps_clock:
        due = _earlier_due(case, stage, found[0]) or due
    task = models.Task.objects.create(
        id=ids.new("task"),
        case=case,
        stage=stage.id,
        stage_name=stage.name,
        department=department,
        may=stage.actor.may,
        posts=models.posts_text(posts),
        for_subject=stage.actor.subject,
        arrived_at=now,
        due_at=due,
        order_at=due or NEVER,
        limit_index=found[0] if found else None,
    )
    arm(task, stage, now)
    tell.arrived(case, task)
    return task


def _earlier_due(case: models.Case, stage: Stage, limit_index: int) -> datetime | None:
    """The limit that ran when the case was last in a stage."""
    earlier = models.Task.objects.filter(case=case, stage=stage.id, limit_index=limit_index)
    return earlier.order_by("-arrived_at", "-id").values_list("due_at", flat=True).first()


def arm(task: models.Task, stage: Stage, now: datetime, *, anew: bool = False) -> None:
    """Set the timers of a task's limit and time-outs; those already passed fire at once. One job waits for the next.

    anew: also those that have fired for an earlier limit.
    """
    if task.due_at is None:
        return
    moments = {"due": task.due_at}
    if stage.timeouts:
        calendar = work_calendar()
        moments |= {
            str(number): timeout_at(calendar, task.due_at, timeout.after) for number, timeout in enumerate(stage.timeouts)
        }
    known = (
        set(models.Timer.objects.filter(task=task, state="fired").values_list("what", flat=True))
        if task.arrived_at < now and not anew
        else set()
    )
    timers = [
        models.Timer(id=ids.new("timer"), task=task, what=what, at=max(at, now))
        for what, at in moments.items()
        if what not in known
    ]
    models.Timer.objects.bulk_create(timers)
    if timers:
        wait_for(min(timers, key=lambda timer: timer.at))


def wait_for(timer: models.Timer) -> None:
    """Let a job wake at a timer's moment."""
    events.enqueue_job(who=SYSTEM, kind=TIMER_JOB, key=timer.id, payload={"timer": timer.id}, run_at=timer.at)


def disarm(tasks: Sequence[models.Task]) -> None:
    models.Timer.objects.filter(task__in=tasks, state="armed").update(state="cancelled")


def end(who: Who, tasks: Sequence[models.Task], state: str, now: datetime) -> None:
    """Take the turn from tasks: `done` for the one moved, `cancelled` for branches that fall away."""
    if tasks:
        models.Task.objects.filter(id__in=[task.id for task in tasks]).update(state=state, live=0, done_at=now, done_by=who.id)
        disarm(tasks)


def pause(task: models.Task, reason: str, now: datetime) -> None:
    """Stop a task's clock."""
    task.state, task.pause, task.paused_at = "paused", reason, now
    task.save(update_fields=["state", "pause", "paused_at"])
    disarm([task])


def resume(task: models.Task, stage: Stage, now: datetime) -> None:
    """Start a task's clock again, with the time it stood still added to its limit."""
    if task.due_at is not None and task.paused_at is not None and task.limit_index is not None and not task.overdue:
        unit = stage.deadlines[task.limit_index].unit
        task.due_at = shifted_due(work_calendar(), unit, task.due_at, task.paused_at, now)
        task.order_at = task.due_at
    task.state, task.pause, task.paused_at = "open", "", None
    task.save(update_fields=["state", "pause", "paused_at", "due_at", "order_at"])
    arm(task, stage, now)


def extend(task: models.Task, stage: Stage, due: datetime, now: datetime) -> None:
    """Give a task a later limit, with reminders and time-outs of its own."""
    disarm([task])
    task.due_at = task.order_at = due
    task.extension = "given"
    task.save(update_fields=["due_at", "order_at", "extension"])
    arm(task, stage, now, anew=True)


def nearest_due(tasks: Sequence[models.Task]) -> datetime | None:
    return min((task.due_at for task in tasks if task.due_at is not None), default=None)
