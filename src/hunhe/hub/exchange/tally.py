"""Calls between two moments, counted: for walls and reports. Counts only, no subject."""

from datetime import UTC, datetime
from typing import cast

from django.db.models import CharField, Count, Max, Q
from django.db.models.functions import Cast, Substr

from hunhe.hub.exchange import models
from hunhe.hub.exchange.shapes import CallCount, CallCounts, Outcome

_TEN_MINUTES = Substr(Cast("at", CharField(max_length=40)), 1, 15)
"""“2026-11-22 23:3”: both databases store UTC and spell it alike, and ten minutes are ten minutes in every time zone."""


def counts(start: datetime, end: datetime) -> CallCounts:
    """Two queries; the answer has one line per department, service and refusal code."""
    rows = models.Call.objects.filter(at__gte=start, at__lt=end, channel="exchange")
    counted = rows.values("department", "service", "outcome", "code").annotate(n=Count("id"), last=Max("at")).order_by("-n")
    per_ten = (
        rows.annotate(ten=_TEN_MINUTES)
        .values("ten")
        .annotate(n=Count("id"), refused=Count("id", filter=Q(outcome="refused")))
        .order_by("ten")
    )
    return CallCounts(
        counts=tuple(
            CallCount(row["department"], row["service"], cast("Outcome", row["outcome"]), row["code"], row["n"], row["last"])
            for row in counted
        ),
        per_ten_minutes=tuple((_moment(row["ten"]), row["n"], row["refused"]) for row in per_ten),
    )


def _moment(ten: str) -> datetime:
    return datetime.strptime(ten + "0", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
