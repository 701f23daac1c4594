"""The day's readings on their way into the hub: batches not yet landed go there as one delivery.

Telemetry and collect are neighbours and do not know each other: the house hands over how to deliver.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Min, Sum

from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.rules.moments import instant_of, write_moment
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.stone import clock
from hunhe.stone.who import Who

JOB = "telemetry.land"
DATASET = "ecology_environment.air_readings"
SYSTEM = Who.system("telemetry")
PATIENCE = timedelta(minutes=10)
QUIET = timedelta(seconds=5)
MANY = 1_000
AT_ONCE = 200_000
Deliver = Callable[[str, Sequence[Mapping[str, object]], str], str]
"""Takes dataset, rows and the delivery's key; returns what the hub calls the batch."""
_deliver: list[Deliver] = []


def deliver_with(deliver: Deliver) -> None:
    """At start: how rows reach the hub."""
    _deliver[:] = [deliver]


def land_if_due() -> None:
    """Ask for a landing when readings have waited long; or when no more are coming and there are many of them, or none has landed
    for a while. Called by the worker."""
    waiting = models.Batch.objects.filter(landed="", accepted__gt=0)
    found = waiting.aggregate(first=Min("received_at"), last=Max("received_at"), rows=Sum("accepted"), newest=Max("id"))
    if found["rows"] is None or not _deliver:
        return
    now = clock.now()
    landed = models.Batch.objects.exclude(landed="").order_by("-id").values_list("received_at", flat=True).first()
    rested = landed is None or now - landed >= PATIENCE
    quiet = now - found["last"] >= QUIET
    if now - found["first"] >= PATIENCE or (quiet and (rested or found["rows"] >= MANY)):
        events.enqueue_job(who=SYSTEM, kind=JOB, key=str(found["newest"]), payload={"newest": found["newest"]})


def land(job: Job) -> None:
    """Hand waiting batches over, under the name of the newest; interrupted and begun again, it is the same delivery."""
    newest = int(job.payload["newest"])
    batches = list(models.Batch.objects.filter(landed="", accepted__gt=0, id__lte=newest).order_by("id"))
    chosen: list[int] = []
    rows = 0
    for batch in batches:
        if chosen and rows + batch.accepted > AT_ONCE:
            break
        chosen.append(batch.pk)
        rows += batch.accepted
    if not chosen:
        return
    delivery = _rows(chosen)
    with transaction.atomic():
        landed = _deliver[0](DATASET, delivery, f"telemetry {chosen[0]}-{chosen[-1]}")
        models.Batch.objects.filter(id__in=chosen).update(landed=landed)


def _rows(batches: list[int]) -> list[dict[str, object]]:
    found = models.Reading.objects.filter(batch_id__in=batches).select_related("site__source").order_by("id")
    return [
        {
            "source": row.site.source.code,
            "site": row.site.code,
            "metric": row.metric,
            "at": write_moment(row.at),
            "instant": instant_of(row.at, row.site.source.offset).isoformat(),
            "value": row.value,
            "simulated": "是" if row.site.source.simulated else "否",
        }
        for row in found.iterator(chunk_size=5000)
    ]
