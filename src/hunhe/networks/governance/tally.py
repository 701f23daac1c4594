"""Counting what the network did."""

from datetime import datetime
from typing import Any, cast

from django.db.models import Count, F, Max, Q, QuerySet

from hunhe.networks.governance import models
from hunhe.networks.governance.shapes import DayCount, DistrictCount, State

MOST = 100_000


def count(start: datetime, end: datetime, now: datetime) -> DayCount:
    """The whole city: one query over problems, one over reports."""
    problems = _counted(start).aggregate(**_measures(start, end, now))
    reports = models.Report.objects.filter(at__gte=start, at__lt=end).aggregate(count=Count("id"), last=Max("at"))
    return DayCount(reports=reports["count"], last_at=reports["last"], **problems)


def by_district(start: datetime, end: datetime, now: datetime) -> tuple[DistrictCount, ...]:
    """The same cut by district, in one query."""
    measures = _measures(start, end, now) | {"last_at": Max("reported_at")}
    rows = _counted(start).values("district").annotate(**measures).order_by("district")
    return tuple(DistrictCount(**cast("dict[str, Any]", row)) for row in rows)


def reported_at(start: datetime, end: datetime) -> tuple[datetime, ...]:
    """When the problems of a span were first reported."""
    rows = models.Problem.objects.filter(reported_at__gte=start, reported_at__lt=end)
    return tuple(rows.values_list("reported_at", flat=True)[:MOST])


def _counted(start: datetime) -> QuerySet[models.Problem]:
    """Problems that can count: open, or over since then. Years of closed ones cost nothing."""
    return models.Problem.objects.filter(over_at__gte=start)


def _measures(start: datetime, end: datetime, now: datetime) -> dict[str, Any]:
    def within(field: str) -> Q:
        return Q(**{f"{field}__gte": start, f"{field}__lt": end})

    return {
        "reported": Count("id", filter=within("reported_at")),
        "filed": Count("id", filter=within("reported_at") & Q(filed_at__isnull=False)),
        "dispatched": Count("id", filter=within("dispatched_at")),
        "fixed": Count("id", filter=within("fixed_at")),
        "settled": Count("id", filter=within("settled_at")),
        "reworked": Count("id", filter=within("fixed_at") & Q(reworks__gt=0)),
        "due": Count("id", filter=within("fixed_at") & Q(fix_due_at__isnull=False)),
        "on_time": Count("id", filter=within("fixed_at") & Q(fix_due_at__gte=F("fixed_at"))),
        "waiting": Count("id", filter=Q(live=1, state=State.WAITING)),
        "doing": Count("id", filter=Q(live=1, state=State.DOING)),
        "checking": Count("id", filter=Q(live=1, state=State.CHECKING)),
        "overdue": Count("id", filter=Q(live=1, due_at__lt=now)),
    }
