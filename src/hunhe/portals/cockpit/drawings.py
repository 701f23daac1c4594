"""The geometry of the cockpit: the day's river and the colours of the floes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hunhe.ui import rivers

MIDDLE, SWAY, HEIGHT, WIDEST, THIN = 64.0, 7.0, 128.0, 76.0, 3.0
SHADES = ("#12414e", "#165162", "#1d6476", "#2a7c90")


@dataclass(frozen=True, slots=True)
class DayRiver:
    """Paths of the day's river up to now and of its course ahead; `x`, `y` where now is (per cent, pixels)."""

    body: str
    course: str
    ahead: str
    x: float
    y: float


def day_river(slots: Sequence[int], part: float) -> DayRiver:
    """slots: events per ten minutes from midnight; part: how much of the day has passed, 0 to 1."""
    x = max(0.0, min(100.0, part * 100))
    most = max(slots, default=0)
    seen = max(1, min(len(slots), int(part * len(slots)) + 1))
    smoothed = [sum(slots[max(0, i - 1) : i + 2]) / len(slots[max(0, i - 1) : i + 2]) for i in range(seen)]
    widths = [max(THIN, value / most * WIDEST) if most else THIN for value in smoothed]
    xs = [index / max(seen - 1, 1) * x for index in range(seen)]
    top = [(at, rivers.bend(at, MIDDLE, SWAY) - width / 2) for at, width in zip(xs, widths, strict=True)]
    foot = [(at, rivers.bend(at, MIDDLE, SWAY) + width / 2) for at, width in zip(xs, widths, strict=True)]
    return DayRiver(
        body=rivers.line([*top, *reversed(foot)]) + "Z",
        course=_course(0, x),
        ahead=_course(x, 100),
        x=x,
        y=rivers.bend(x, MIDDLE, SWAY),
    )


def _course(start: float, end: float) -> str:
    points = [start + (end - start) * index / 60 for index in range(61)]
    return rivers.line((x, rivers.bend(x, MIDDLE, SWAY)) for x in points)


def bounds(values: Sequence[int]) -> list[int]:
    """Three round limits that part the values into four shades of about equal size; fewer when values repeat."""
    ordered = sorted(values)
    if not ordered:
        return []
    cuts = [ordered[len(ordered) * quarter // 4] for quarter in (1, 2, 3)]
    return sorted({_rounded(cut) for cut in cuts})


def _rounded(value: int) -> int:
    size: int = 10 ** max(0, len(str(value)) - 2)
    return round(value / size) * size


def shade(value: int, limits: Sequence[int]) -> str:
    """The fill of a floe; more people, lighter. The number stands on it, so that a grey print reads."""
    return SHADES[min(sum(value >= limit for limit in limits), len(SHADES) - 1)]
