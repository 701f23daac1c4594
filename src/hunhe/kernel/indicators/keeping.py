"""One value per indicator and day, so that today can be held against yesterday."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.indicators import counting, registry
from hunhe.kernel.indicators.models import DayFigure
from hunhe.kernel.indicators.shapes import Figure, Span
from hunhe.stone import clock

logger = logging.getLogger(__name__)
EVERY = 600
"""Seconds between two takings."""


def keep() -> None:
    """Take today's values; close the days that are over."""
    span = counting.span_at(clock.now())
    today = timezone.localtime(span.now).date()
    _write(today, _all(span), closed=False)
    for day in DayFigure.objects.filter(closed=False, day__lt=today).order_by("day").values_list("day", flat=True).distinct():
        _close(day)


def _all(span: Span) -> list[Figure]:
    found = []
    for one in registry.in_force().values():
        try:
            found.append(counting.count(one, span))
        except Exception:  # one room's fault must not cost the others their day
            logger.exception("indicator %s could not be kept", one.indicator.id)
    return found


def _write(day: date, figures: Iterable[Figure], *, closed: bool) -> None:
    rows = [
        DayFigure(
            indicator=figure.indicator.id,
            day=day,
            total=figure.total,
            whole=figure.whole,
            slots={str(slot): count for slot, count in figure.reading.slots.items()},
            as_of=figure.reading.as_of,
            taken_at=clock.now(),
            closed=closed,
        )
        for figure in figures
    ]
    changed = ["total", "whole", "slots", "as_of", "taken_at", "closed"]
    DayFigure.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day", "indicator"], update_fields=changed)


def _close(day: date) -> None:
    """What happened on a day is counted once more, to its end; what merely stood stays as it was last taken."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    end = start + timedelta(days=1)
    figures = [one for one in _all(Span(start, end, end)) if one.indicator.period == "today"]
    with transaction.atomic():
        _write(day, figures, closed=True)
        DayFigure.objects.filter(day=day).update(closed=True)
        kept = {row.indicator: [row.total, row.whole] for row in DayFigure.objects.filter(day=day).order_by("indicator")}
        audit.record(who=counting.WHO, act="indicators.day.closed", object=f"day:{day.isoformat()}", detail={"figures": kept})
