"""Counts over a span of time, by item; a constant number of queries."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from hunhe.kernel.indicators.shapes import MOST_HAPPENINGS
from hunhe.networks.service import catalogue, content, models, rules
from hunhe.networks.service.item import ServiceItem
from hunhe.networks.service.shapes import ItemCounts, OnlineRates
from hunhe.stone.page import bad_cursor


def by_item(start: datetime, end: datetime) -> tuple[ItemCounts, ...]:
    """Every item that has anything to count, by code."""
    sent = Q(sent_at__gte=start, sent_at__lt=end)
    closed = Q(closed_at__gte=start, closed_at__lt=end) & ~Q(outcome="withdrawn")
    accepted = Q(accepted_at__gte=start, accepted_at__lt=end)
    open_late = Q(closed_at=None, overdue=True)
    rows = (
        models.Application.objects.filter(sent | closed | accepted | open_late)
        .values("item_code", "department")
        .annotate(
            applied=Count("case_id", filter=sent),
            online=Count("case_id", filter=sent & Q(channel="online")),
            closed=Count("case_id", filter=closed),
            late=Count("case_id", filter=closed & Q(overdue=True)),
            accepted=Count("case_id", filter=accepted),
            first_pass=Count("case_id", filter=accepted & Q(corrected=False)),
            overdue_now=Count("case_id", filter=open_late),
            last_at=Max("sent_at"),
        )
    )
    found: dict[tuple[str, str], dict[str, Any]] = {(row["item_code"], row["department"]): dict(row) for row in rows}
    rated = (
        models.Rating.objects.filter(at__gte=start, at__lt=end)
        .values("application__item_code", "department")
        .annotate(rated=Count("application"), good=Count("application", filter=Q(stars__gte=3)))
    )
    for row in rated:
        key = (row["application__item_code"], row["department"])
        found.setdefault(key, {}).update({"rated": row["rated"], "good": row["good"]})
    names = dict(models.ServiceItem.objects.filter(active=True).values_list("code", "name"))
    return tuple(
        ItemCounts(item=item, item_name=names.get(item, item), department=department, **_numbers(counts))
        for (item, department), counts in sorted(found.items())
    )


def _numbers(counts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in counts.items() if name not in ("item_code", "department")}


def slots(start: datetime, end: datetime, slot: Callable[[datetime], int]) -> dict[int, int]:
    """Applications per ten minutes of the day."""
    return dict(
        Counter(
            slot(at)
            for at in models.Application.objects.filter(sent_at__gte=start, sent_at__lt=end).values_list("sent_at", flat=True)
        )
    )


def online_by_department() -> tuple[tuple[str, OnlineRates], ...]:
    """How many items in force go online, by department. One query."""
    found: dict[str, list[ServiceItem]] = {}
    for row in catalogue.all_active():
        found.setdefault(row.department, []).append(content.item_of(row))
    return tuple((department, rules.online_rates(items)) for department, items in sorted(found.items()))


def lapses(start: datetime, end: datetime) -> list[tuple[datetime, str, str]]:
    """(when it was received, item, case) of applications of these days that were accepted by law."""
    rows = models.Application.objects.select_related("item").filter(lapsed=True, lapsed_at__gte=start, lapsed_at__lt=end)
    return [
        (row.lapsed_at, row.item.name, row.case_id)
        for row in rows.order_by("-lapsed_at", "-case_id")[:MOST_HAPPENINGS]
        if row.lapsed_at
    ]


def moment_of(text: str | int) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise bad_cursor() from error
