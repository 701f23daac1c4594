"""Counts over a span of time, each in one query."""

from datetime import datetime

from django.db.models import Count, Q

from hunhe.networks.service import models, ratings
from hunhe.networks.service.shapes import ServiceCounts
from hunhe.stone.page import bad_cursor


def between(start: datetime, end: datetime) -> ServiceCounts:
    sent = Q(sent_at__gte=start, sent_at__lt=end)
    closed = Q(closed_at__gte=start, closed_at__lt=end) & ~Q(outcome="withdrawn")
    accepted = Q(accepted_at__gte=start, accepted_at__lt=end)
    found = models.Application.objects.aggregate(
        applied=Count("case_id", filter=sent),
        online=Count("case_id", filter=sent & Q(channel="online")),
        closed=Count("case_id", filter=closed),
        late=Count("case_id", filter=closed & Q(overdue=True)),
        accepted=Count("case_id", filter=accepted),
        first_pass=Count("case_id", filter=accepted & Q(corrected=False)),
        overdue_now=Count("case_id", filter=Q(closed_at=None, overdue=True)),
    )
    return ServiceCounts(**found, ratings=ratings.counts(None, start, end))


def moment_of(text: str | int) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise bad_cursor() from error
