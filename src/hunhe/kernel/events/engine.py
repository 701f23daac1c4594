"""Claims due work, runs it once, remembers how it went. The rows decide; whoever calls only lends a thread.

A claim is one transaction: it counts the attempt, raises the fencing token and takes a lease. Completion is fenced by the
token, and for atomic work it is part of the handler's own transaction: a worker that lost its lease leaves no effect behind.
"""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hunhe.kernel.events import registry, rules
from hunhe.kernel.events.models import Delivery, Job, Work
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, NotFound, msgid

logger = logging.getLogger(__name__)
W = TypeVar("W", Delivery, Job)
_ERROR_LENGTH = 500


def due_deliveries() -> QuerySet[Delivery]:
    """The oldest unfinished delivery of each subscriber and aggregate, if its time has come."""
    earlier = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"), aggregate=OuterRef("aggregate"), id__lt=OuterRef("id")
    ).exclude(state="done")
    return Delivery.objects.filter(_is_due(), ~Exists(earlier)).order_by("run_at", "id")


def due_jobs(*, heavy: bool | None = None) -> QuerySet[Job]:
    found = Job.objects.filter(_is_due()).order_by("run_at", "id")
    return found if heavy is None else found.filter(heavy=heavy)


def _is_due() -> Q:
    return Q(state="waiting", run_at__lte=clock.now()) | Q(state="running", leased_until__lt=clock.true_now())


def claim(due: QuerySet[W], limit: int) -> list[W]:
    """Take up to `limit` due rows. What failed or crashed before is taken alone, so that it cannot harm its neighbours."""
    if not due.exists():
        return []
    with transaction.atomic():
        locking = connection.features.has_select_for_update_skip_locked
        rows = list((due.select_for_update(skip_locked=True, of=("self",)) if locking else due)[:limit])
        fresh = [row for row in rows if row.attempt == 0]
        taken = fresh or rows[:1]
        if taken and taken[0].attempt >= taken[0].attempts:
            _give_up(taken[0])
            return []
        if taken:
            _take(taken)
    return taken


def _take(rows: list[W]) -> None:
    leased_until = clock.true_now() + rules.LEASE
    type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(
        state="running", attempt=F("attempt") + 1, token=F("token") + 1, leased_until=leased_until
    )
    for row in rows:
        row.state, row.leased_until = "running", leased_until
        row.attempt += 1
        row.token += 1


def _give_up(row: Work) -> None:
    row.state, row.finished_at = "dead", clock.true_now()
    row.error = row.error or "its worker died at every attempt"
    row.save(update_fields=["state", "finished_at", "error"])


def run_delivery(row: Delivery) -> bool:
    """Hand one claimed delivery to its subscriber; True when it is done."""

    def handle() -> None:
        handlers = registry.subscribers.get(row.event.name, {})
        if row.subscriber not in handlers:
            raise _no_handler(f"{row.event.name} → {row.subscriber}")
        handlers[row.subscriber](row.event.shape())

    return _run(row, handle, atomic=True)


def run_claimed_job(row: Job) -> bool:
    """Run one claimed job in this process; True when it is done."""
    kind = registry.job_kinds.get(row.kind)

    def handle() -> None:
        if kind is None:
            raise _no_handler(row.kind)
        kind.handler(row.shape())

    return _run(row, handle, atomic=kind is not None and kind.atomic)


def _run(row: Delivery | Job, handle: Callable[[], None], *, atomic: bool) -> bool:
    try:
        with transaction.atomic() if atomic else nullcontext():
            handle()
            if atomic or not is_finished(row):
                finish(row)
    except LeaseLost:
        logger.warning("%s lost its lease to another worker; its effect is not kept", row)
        return False
    except Exception as error:
        logger.exception("%s failed at attempt %s", row, row.attempt)
        fail(row, f"{type(error).__name__}: {error}")
        return False
    except BaseException:
        release(row)
        raise
    return True


class LeaseLost(Conflict):
    """Another worker holds this work now."""


def finish(row: Delivery | Job) -> None:
    """Mark done inside the current transaction; LeaseLost, which rolls it back, when the token is no longer ours."""
    if not _held(row).update(state="done", finished_at=clock.true_now(), leased_until=None, error=""):
        raise LeaseLost("events.lease.lost", msgid("Another worker has taken over this job."))


def is_finished(row: Delivery | Job) -> bool:
    """Whether the handler marked its own try as done."""
    return type(row).objects.filter(pk=row.pk, token=row.token, state="done").exists()


def fail(row: Delivery | Job, error: str) -> None:
    """Remember a failed try: wait and try again, or give up."""
    again = rules.next_try(row.attempt, row.attempts, clock.now())
    kept = error[:_ERROR_LENGTH].replace("\x00", "")
    if again is None:
        _held(row).update(state="dead", finished_at=clock.true_now(), leased_until=None, error=kept)
    else:
        _held(row).update(state="waiting", run_at=again, leased_until=None, error=kept)


def release(row: Delivery | Job) -> None:
    """Give a try back uncounted: the process is asked to stop."""
    _held(row).update(state="waiting", attempt=F("attempt") - 1, leased_until=None)


def renew(model: type[Delivery] | type[Job], pk: int, token: int, lease: timedelta = rules.LEASE) -> bool:
    """Heartbeat: keep the lease; False when it is lost."""
    held = model.objects.filter(pk=pk, token=token, state="running")
    return bool(held.update(leased_until=clock.true_now() + lease))


def _held(row: Delivery | Job) -> QuerySet[Delivery] | QuerySet[Job]:
    return type(row).objects.filter(pk=row.pk, token=row.token, state="running")


def _no_handler(what: str) -> NotFound:
    return NotFound("events.handler.none", msgid("No room handles %(what)s."), what=what)


def run_due(limit: int, *, heavy: bool | None = None, batch: int = 16) -> int:
    """Run due work in this thread until none is left or `limit` is reached; returns how many tries were made."""
    made = 0
    while made < limit:
        size = min(batch, limit - made)
        deliveries = claim(due_deliveries().select_related("event"), size)
        made += len(deliveries)
        for delivery in deliveries:
            run_delivery(delivery)
        jobs = claim(due_jobs(heavy=heavy), min(batch, limit - made)) if made < limit else []
        made += len(jobs)
        for job in jobs:
            run_claimed_job(job)
        if not deliveries and not jobs:
            break
    return made
