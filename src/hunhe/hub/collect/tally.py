"""What arrived between two moments, counted by dataset: for walls and reports. Counts only."""

from datetime import UTC, datetime

from django.db.models import CharField, Count, Max, Q, Sum
from django.db.models.functions import Cast, Substr

from hunhe.hub.collect import models, store
from hunhe.hub.collect.shapes import Arrivals, Batch, DatasetArrivals

_TEN_MINUTES = Substr(Cast("started_at", CharField(max_length=40)), 1, 15)
"""“2026-11-22 23:3”: both databases store UTC and spell it alike, and ten minutes are ten minutes in every time zone."""


def arrivals(start: datetime, end: datetime) -> Arrivals:
    """Three queries, whatever the number of batches; the answer has one line per dataset."""
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
    return Arrivals(
        datasets=datasets,
        per_ten_minutes=tuple((_moment(row["ten"]), row["n"], row["rows"]) for row in per_ten),
    )


def finished(start: datetime, end: datetime, most: int) -> tuple[tuple[str, Batch], ...]:
    """(name of the dataset, batch) of those that came to an end between the two, newest first. Two queries."""
    rows = models.Batch.objects.filter(finished_at__gte=start, finished_at__lt=end).exclude(state="repeated")
    batches = [store.batch(row) for row in rows.order_by("-finished_at", "-id")[:most]]
    names = dict(models.Dataset.objects.filter(id__in={one.dataset for one in batches}).values_list("id", "name"))
    return tuple((names.get(one.dataset, one.dataset), one) for one in batches)


def systems() -> dict[str, set[str]]:
    """Systems under contract by department; files landed without a contract are none."""
    found: dict[str, set[str]] = {}
    rows = models.Dataset.objects.filter(inferred=False).order_by("department", "id")
    for department, contract in rows.values_list("department", "contract"):
        found.setdefault(department, set()).add(contract["system"])
    return found


def _moment(ten: str) -> datetime:
    return datetime.strptime(ten + "0", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
