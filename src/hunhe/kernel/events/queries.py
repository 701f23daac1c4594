"""What rooms and operators may know about jobs and deliveries."""

from typing import Literal

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from hunhe.kernel.events import models
from hunhe.kernel.events.shapes import DeadLetter, Job, State, Stock
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.page import Page, bad_cursor, decode_cursor
from hunhe.stone.who import Who

_PAGE = 50
_DELIVERIES, _JOBS = 0, 1
_NEWEST = (1 << 63) - 1


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def job_by_key(*, who: Who, kind: str, key: str) -> Job | None:
    """The one job of that kind and key."""
    row = models.Job.objects.filter(kind=kind, key=key).first()
    return row.shape() if row else None


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def jobs_by_keys(*, who: Who, kind: str, keys: tuple[str, ...]) -> dict[str, Job]:
    """Jobs of one kind by key, in one query; those that there are."""
    return {row.key: row.shape() for row in models.Job.objects.filter(kind=kind, key__in=keys)} if keys else {}


@door(may="events.may_see_jobs", scope=Scope.CITY)
def backlog(*, who: Who) -> tuple[Stock, ...]:
    """What is not done, counted by kind and state; what there is none of is counted as 0."""
    states: tuple[State, ...] = ("waiting", "running", "dead")
    counts = {
        kind: dict(model.objects.exclude(state="done").values_list("state").annotate(n=Count("*")).order_by("state"))
        for kind, model in (("job", models.Job), ("delivery", models.Delivery))
    }
    kinds: tuple[Literal["job", "delivery"], ...] = ("job", "delivery")
    return tuple(Stock(kind, state, counts[kind].get(state, 0)) for kind in kinds for state in states)


@door(may="events.may_see_jobs", scope=Scope.CITY)
def list_jobs(*, who: Who, state: State | None = None, kind: str | None = None, cursor: str | None = None) -> Page[Job]:
    """Jobs, newest first."""
    wanted = (Q(state=state) if state else Q()) & (Q(kind=kind) if kind else Q())
    before = Q(id__lt=_position(cursor)) if cursor else Q()
    rows = list(models.Job.objects.filter(wanted & before).order_by("-id")[: _PAGE + 1])
    return Page.of(rows, _PAGE, key=lambda row: (row.id,)).map(lambda row: row.shape())


@door(may="events.may_see_jobs", scope=Scope.CITY)
def longest_waiting(*, who: Who) -> Job | None:
    """The job that has been due longest and has not begun."""
    row = models.Job.objects.filter(state="waiting", run_at__lte=clock.now()).order_by("run_at", "id").first()
    return row.shape() if row else None


@door(may="events.may_see_jobs", scope=Scope.CITY)
def list_dead(*, who: Who, cursor: str | None = None) -> Page[DeadLetter]:
    """Dead deliveries, then dead jobs, newest first. A dead delivery holds up its own aggregate only."""
    part, before = _dead_position(cursor) if cursor else (_DELIVERIES, _NEWEST)
    found: list[tuple[tuple[int, int], DeadLetter]] = []
    if part == _DELIVERIES:
        found = [((_DELIVERIES, row.pk), _dead_delivery(row)) for row in _dead_deliveries(before)]
        before = _NEWEST
    if len(found) <= _PAGE:
        rows = models.Job.objects.filter(state="dead", id__lt=before).order_by("-id")[: _PAGE + 1 - len(found)]
        found += [((_JOBS, row.pk), _dead_job(row)) for row in rows]
    return Page.of(found, _PAGE, key=lambda pair: pair[0]).map(lambda pair: pair[1])


def _position(cursor: str) -> int:
    return _whole(decode_cursor(cursor, 1)[0])


def _dead_position(cursor: str) -> tuple[int, int]:
    part, before = decode_cursor(cursor, 2)
    return _whole(part), _whole(before)


def _whole(part: str | int) -> int:
    if not isinstance(part, int) or not 0 <= part <= _NEWEST:
        raise bad_cursor()
    return part


def _dead_deliveries(before: int) -> list[models.Delivery]:
    behind = (
        models.Delivery.objects.filter(subscriber=OuterRef("subscriber"), aggregate=OuterRef("aggregate"))
        .exclude(state="done")
        .filter(id__gt=OuterRef("id"))
        .values("aggregate")
        .annotate(n=Count("*"))
        .values("n")
    )
    rows = models.Delivery.objects.filter(state="dead", id__lt=before).select_related("event")
    return list(rows.annotate(behind=Coalesce(Subquery(behind), 0)).order_by("-id")[: _PAGE + 1])


def _dead_delivery(row: models.Delivery) -> DeadLetter:
    return DeadLetter(
        id=f"dlv_{row.pk}",
        what=f"{row.event.name} → {row.subscriber}",
        aggregate=row.aggregate,
        attempts=row.attempt,
        error=row.error,
        since=row.finished_at or row.created_at,
        waiting=getattr(row, "behind", 0),
    )


def _dead_job(row: models.Job) -> DeadLetter:
    return DeadLetter(
        id=row.job_id,
        what=row.kind,
        aggregate=row.key,
        attempts=row.attempt,
        error=row.error,
        since=row.finished_at or row.created_at,
        waiting=0,
    )
