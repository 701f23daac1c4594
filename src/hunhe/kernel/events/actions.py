"""What rooms do with events and jobs."""

import contextlib
import ctypes
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import transaction

from hunhe.kernel.events import engine, models, registry, wake
from hunhe.kernel.events.heartbeat import Heartbeat
from hunhe.kernel.events.shapes import EventHandler, Job, JobHandler, Payload
from hunhe.stone import clock, ids
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, NotFound, msgid
from hunhe.stone.who import Who

RETRIED = "events.dead.retried"
_PR_SET_PDEATHSIG = 1


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def subscribe(*, who: Who, name: str, subscriber: str, handler: EventHandler) -> None:
    """At start: let `handler` receive every event `name`, in order per aggregate.

    Handler and completion are one transaction: its database effects happen once. Keep it short; enqueue a job for the rest.
    """
    registry.subscribers.setdefault(name, {})[subscriber] = handler


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_job(
    *, who: Who, kind: str, handler: JobHandler, heavy: bool = False, attempts: int = 8, atomic: bool | None = None
) -> None:
    """At start: name the handler of a kind of job.

    Light jobs are atomic unless told otherwise: handler and completion are one transaction. Heavy jobs, and those with
    `atomic=False`, run outside a transaction: they call `finish_job` inside their own last one to have their effect once.
    """
    registry.job_kinds[kind] = registry.JobKind(handler, heavy, attempts, not heavy if atomic is None else atomic)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_periodic(*, who: Who, name: str, seconds: float, function: Callable[[], object]) -> None:
    """At start: let the worker call `function` every so many seconds, in its main thread. It must be short."""
    registry.periodic[name] = registry.Periodic(name, seconds, function)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def publish(*, who: Who, name: str, aggregate: str, payload: Payload) -> None:
    """Write one delivery per subscriber into the caller's transaction. aggregate: whose events keep their order."""
    subscribers = registry.subscribers.get(name)
    if not subscribers:
        return
    now = clock.now()
    with transaction.atomic():
        event = models.Event.objects.create(name=name, aggregate=aggregate, payload=dict(payload), at=now)
        models.Delivery.objects.bulk_create(
            models.Delivery(event=event, subscriber=subscriber, aggregate=aggregate, run_at=now, created_at=now)
            for subscriber in subscribers
        )
        transaction.on_commit(wake.ring)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def enqueue_job(*, who: Who, kind: str, key: str, payload: Payload, run_at: datetime | None = None) -> Job:
    """Write a job into the caller's transaction; the same kind and key is the same job, whatever has become of it."""
    registered = registry.job_kinds.get(kind)
    if registered is None:
        raise NotFound("events.handler.none", msgid("No room handles %(what)s."), what=kind)
    now = clock.now()
    row = models.Job(
        job_id=ids.new("job"),
        kind=kind,
        key=key,
        payload=dict(payload),
        heavy=registered.heavy,
        attempts=registered.attempts,
        run_at=run_at or now,
        created_at=now,
    )
    with transaction.atomic():
        models.Job.objects.bulk_create([row], ignore_conflicts=True)
        transaction.on_commit(wake.ring)
        return models.Job.objects.get(kind=kind, key=key).shape()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def cancel_job(*, who: Who, kind: str, key: str) -> bool:
    """Drop a job that has not begun (a timer whose case moved on); False when it is too late or unknown."""
    return bool(models.Job.objects.filter(kind=kind, key=key, state="waiting").delete()[0])


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def finish_job(*, who: Who, job: Job) -> None:
    """Inside a heavy handler's last transaction: mark this try done, or roll back with Conflict when another took over."""
    row = models.Job.objects.get(job_id=job.id)
    row.token = job.token
    engine.finish(row)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def run_due(*, who: Who, limit: int = 1000) -> int:
    """Run what is due in this thread, heavy jobs too (tests, command line); returns how many tries were made."""
    return engine.run_due(limit)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def run_job(*, who: Who, job_id: str) -> bool:
    """Run one due job in this process with a heartbeat; False when it is not due, held by another, or failed."""
    claimed = engine.claim(engine.due_jobs().filter(job_id=job_id), 1)
    if not claimed:
        return False
    _leave_when_asked()
    with Heartbeat() as heartbeat, heartbeat.hold(claimed):
        return engine.run_claimed_job(claimed[0])


def _leave_when_asked() -> None:
    """SIGTERM, or the end of the worker, ends a heavy job in good order: its try is given back."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, leave)
        with contextlib.suppress(OSError, AttributeError):  # Linux: asked as well when the worker is killed
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@door(may="events.may_retry_jobs", scope=Scope.CITY)
def retry_dead(*, who: Who, id: str) -> None:
    """Give a dead job or delivery all its attempts again, now."""
    with transaction.atomic():
        again = {"state": "waiting", "attempt": 0, "run_at": clock.now(), "finished_at": None}
        model, found = _dead_letter(id)
        rows = model.objects.filter(**found)
        if not rows.exists():
            raise NotFound("events.dead.unknown", msgid("There is no such job or delivery."))
        if not rows.filter(state="dead").update(**again):
            raise Conflict("events.dead.alive", msgid("This has not given up; there is nothing to retry."))
        publish(who=who, name=RETRIED, aggregate=id, payload={"id": id, "who": who.id})
        transaction.on_commit(wake.ring)


def _dead_letter(id: str) -> tuple[type[models.Job] | type[models.Delivery], dict[str, object]]:
    number = id.removeprefix("dlv_")
    if number != id and number.isascii() and number.isdigit() and len(number) < 19:
        return models.Delivery, {"pk": int(number)}
    return models.Job, {"job_id": id.replace("\x00", "")}
