"""From readings to what the chart's template draws: positions in per cent, texts in the source's clock. No reading, no line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext

from hunhe.hub.telemetry.shapes import Reading, Rule, Warning
from hunhe.ui.words import number

HEADROOM = 1.12
LABELS = 6
_HOURS = (1, 2, 3, 6, 12, 24, 48)


@dataclass(frozen=True, slots=True)
class Span:
    """What a chart shows. zone: the clock its hours are read by. now: where the city's clock stands, if inside."""

    start: datetime
    end: datetime
    zone: tzinfo
    now: datetime | None = None

    def x(self, moment: datetime) -> float:
        part = (moment - self.start) / (self.end - self.start) * 100
        return min(100.0, max(0.0, part))


def draw_chart(readings: Sequence[Reading], warnings: Sequence[Warning], rule: Rule, span: Span) -> dict[str, Any]:
    """Readings as lines that break where nothing was reported, the threshold, and warnings as bands with their words."""
    top = max([rule.threshold * 1.4, *(reading.value * HEADROOM for reading in readings)])

    def y(value: float) -> float:
        return 100 - max(0.0, value) / top * 100

    points = [(span.x(reading.at), y(reading.value)) for reading in readings]
    last = readings[-1] if readings else None
    return {
        "paths": [_line(piece) for piece in _pieces(readings, points, rule)],
        "dots": [point for piece in _pieces(readings, points, rule) if len(piece) == 1 for point in piece],
        "threshold": f"{y(rule.threshold):.2f}",
        "threshold_value": number(rule.threshold),
        "bands": [_band(warning, span) for warning in warnings],
        "times": _times(span),
        "top": number(float(round(top))),
        "last": {"x": f"{points[-1][0]:.2f}", "y": f"{points[-1][1]:.2f}", "value": number(last.value)} if last else None,
        "now": f"{span.x(span.now):.2f}" if span.now else "",
        "said": _said(readings, rule),
        "unit": rule.unit,
        "empty": not readings,
    }


def span_around(warning: Warning, now: datetime) -> Span:
    """A warning with some hours before and after it, cut at 10 days."""
    end = warning.end or (now if warning.live else warning.start + timedelta(hours=24))
    margin = max(timedelta(hours=3), (end - warning.start) / 3)
    last = min(end + margin, warning.start + timedelta(days=10))
    if warning.live:
        last = min(last, max(now, end) + timedelta(hours=1))
    zone = warning.start.tzinfo or UTC
    return Span(warning.start - margin, last, zone, now if warning.live and now <= last else None)


def _pieces(readings: Sequence[Reading], points: Sequence[tuple[float, float]], rule: Rule) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = []
    gap, before = timedelta(hours=rule.gap_hours), None
    for reading, point in zip(readings, points, strict=True):
        if before is None or reading.at - before > gap:
            found.append([])
        found[-1].append(point)
        before = reading.at
    return found


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _band(warning: Warning, span: Span) -> dict[str, Any]:
    left = span.x(warning.start)
    right = span.x(warning.end) if warning.end else (span.x(span.now) if span.now else 100.0)
    return {
        "kind": warning.kind,
        "level": warning.level,
        "left": f"{left:.2f}",
        "width": f"{max(right - left, 0.4):.2f}",
        "wide": right - left > 9,
        "open": warning.end is None,
    }


def _times(span: Span) -> list[dict[str, str]]:
    """Whole hours, at most some few, named by the day where one begins."""
    length = (span.end - span.start) / timedelta(hours=1)
    step = next((hours for hours in _HOURS if length / hours <= LABELS), 96)
    at = span.start.astimezone(span.zone).replace(minute=0, second=0, microsecond=0)
    at += timedelta(hours=step - at.hour % step) if at.hour % step or at < span.start else timedelta(0)
    found, day = [], None
    while at <= span.end:
        text = (
            at.strftime("%H:%M")
            if day == at.date() or step < 6
            else f"{at.month}-{at.day}" + ("" if at.hour == 0 else at.strftime(" %H:%M"))
        )
        day = at.date()
        found.append({"x": f"{span.x(at):.2f}", "text": text})
        at += timedelta(hours=step)
    return found


def _said(readings: Sequence[Reading], rule: Rule) -> str:
    """The chart for those who do not see it."""
    if not readings:
        return gettext("No reading in this span.")
    values = [reading.value for reading in readings]
    return gettext("%(n)s readings, lowest %(low)s, highest %(high)s, %(over)s of them above %(threshold)s") % {
        "n": number(len(values)),
        "low": number(min(values)),
        "high": number(max(values)),
        "over": number(sum(value > rule.threshold for value in values)),
        "threshold": number(rule.threshold),
    }
