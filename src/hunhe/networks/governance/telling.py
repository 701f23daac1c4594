"""What anybody may read of a street problem: its class, how it stands, and where to the city's grid; no person and no person's words."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from hunhe.networks.governance import models
from hunhe.networks.governance.shapes import PublicProblem, State
from hunhe.stone.page import Page, decode_cursor

PAGE = 100
PLACES = 3
"""Decimals of a degree: about a hundred metres, the side of a cell of the grid."""


def listed(
    ids: Sequence[str], kinds: Sequence[str], start: datetime, end: datetime, is_open: bool | None, cursor: str | None
) -> Page[PublicProblem]:
    """Newest first; ids go before every other wish."""
    rows = models.Problem.objects.order_by("-reported_at", "-id")
    if ids:
        rows = rows.filter(id__in=ids)
    else:
        rows = rows.filter(reported_at__gte=start, reported_at__lte=end)
        rows = rows.filter(kind__in=kinds) if kinds else rows
        rows = rows.filter(live=int(is_open)) if is_open is not None else rows
    if cursor:
        at, last = (str(part) for part in decode_cursor(cursor, 2))
        rows = rows.filter(Q(reported_at__lt=at) | Q(reported_at=at, id__lt=last))
    page = Page.of(list(rows[: PAGE + 1]), PAGE, key=lambda row: (row.reported_at.isoformat(), row.id))
    return page.map(public_shape)


def public_shape(row: models.Problem) -> PublicProblem:
    moments = (row.reported_at, row.filed_at, row.dispatched_at, row.fixed_at, row.settled_at)
    return PublicProblem(
        id=row.id,
        kind=row.kind,
        kind_name=row.kind_name,
        is_open=State(row.state).is_open,
        stage_name=row.stage_name,
        department=row.department,
        where=row.where,
        lon=round(row.lon, PLACES),
        lat=round(row.lat, PLACES),
        reported_at=row.reported_at,
        changed_at=max(moment for moment in moments if moment is not None),
        due_at=row.due_at if row.live else None,
    )
