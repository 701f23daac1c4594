"""What arrived between two moments, counted by dataset: for walls and reports. Counts only."""

from datetime import UTC, datetime

from django.db.models import CharField, Count, Max, Q, Sum
from django.db.models.functions import Cast, Substr

from hunhe.hub.collect import models, store
from hunhe.hub.collect.shapes import Arrivals, DatasetArrivals

NOTABLE = 12
_TEN_MINUTES = Substr(Cast("started_at", CharField(max_length=40)), 1, 15)
"""“2026-11-22 23:3”: both databases store UTC and spell it alike, and ten minutes are ten minutes in every time zone."""


def arrivals(start: datetime, end: datetime) -> Arrivals:
    """Four queries, whatever the number of batches; the answer has one line per dataset."""
    rows = models.Batch.objects.filter(started_at__gte=start, started_at__lt=end).exclude(state="repeated")
    counted = rows.values("dataset", "department").annotate(
        batches=Count("id"),
        failed=Count("id", filter=Q(state="failed")),
        source=Sum("source_rows", filter=Q(loaded__isnull=False), default=0),
        rows=Sum("loaded", default=0),
        held=Sum("quarantined", filter=Q(loaded__isnull=False), default=0),
        last=Max("started_at"),
    )
    names = dict(models.Dataset.objects.values_list("id", "name"))
    datasets = tuple(
        DatasetArrivals(
            dataset=row["dataset"],
            name=names.get(row["dataset"], row["dataset"]),
            department=row["department"],
            batches=row["batches"],
            failed=row["failed"],
            source_rows=row["source"],
            loaded=row["rows"],
            quarantined=row["held"],
            last_at=row["last"],
        )
        for row in counted.order_by("dataset")
    )
    per_ten = (
        rows.annotate(ten=_TEN_MINUTES).values("ten").annotate(n=Count("id"), rows=Sum("loaded", default=0)).order_by("ten")
    )
    latest = rows.order_by("-id")[:NOTABLE]
    return Arrivals(
        datasets=datasets,
        per_ten_minutes=tuple((_moment(row["ten"]), row["n"], row["rows"]) for row in per_ten),
        latest=tuple(store.batch(row) for row in latest),
    )


def systems() -> dict[str, set[str]]:
    """Systems under contract by department; files landed without a contract are none."""
    found: dict[str, set[str]] = {}
    rows = models.Dataset.objects.filter(inferred=False).order_by("department", "id")
    for department, contract in rows.values_list("department", "contract"):
        found.setdefault(department, set()).add(contract["system"])
    return found


def _moment(ten: str) -> datetime:
    return datetime.strptime(ten + "0", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
