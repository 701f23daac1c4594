"""Yesterday, to hold today against."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Min
from django.db.models import Sum as SumOf
from django.utils import timezone

from hunhe.kernel.indicators import registry
from hunhe.kernel.indicators.models import DayFigure
from hunhe.kernel.indicators.shapes import Figure, Span, Sum, measured


def day_before(span: Span) -> dict[str, float | None]:
    """Yesterday's values by id: of what has a course, up to this time of day; of the rest, as the day ended. One query."""
    day = timezone.localtime(span.start).date() - timedelta(days=1)
    return {row.indicator: _then(row, span) for row in DayFigure.objects.filter(day=day)}


def _then(row: DayFigure, span: Span) -> float | None:
    one = registry.in_force().get(row.indicator)
    if one is None:
        return row.total
    if one.indicator.kind == "count" and row.slots:
        slots: dict[str, int] = row.slots
        return sum(count for slot, count in slots.items() if int(slot) <= span.slot(span.now))
    return measured(one.indicator.kind, row.total, row.whole)


def sums(figures: Iterable[Figure], span: Span) -> dict[str, Sum]:
    """Days kept before this one and the figures of today, by id."""
    today = timezone.localtime(span.start).date()
    counted = {figure.indicator.id: figure for figure in figures if figure.indicator.period == "today"}
    rows = DayFigure.objects.filter(indicator__in=counted, day__lt=today).values("indicator")
    rows = rows.annotate(n=SumOf("total"), m=SumOf("whole"), first=Min("day"))
    past = {row["indicator"]: Sum(row["n"], row["m"], row["first"]) for row in rows}
    found = {}
    for name, figure in counted.items():
        kept = past.get(name, Sum(0, 0, today))
        found[name] = Sum(kept.total + figure.total, kept.whole + figure.whole, kept.since)
    return found
