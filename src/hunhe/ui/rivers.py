"""The geometry of rivers. Pure: x runs from 0 to 100 (per cent of the width), y in pixels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One drawn part of a river: an SVG path and how it is drawn (past, ahead, waiting, late)."""

    kind: str
    path: str


def bend(x: float, middle: float, sway: float) -> float:
    """Height of a gentle river at `x`."""
    return middle + sway * math.sin(x / 100 * math.tau * 1.35)


def line(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _between(start: float, end: float, middle: float, sway: float) -> list[Point]:
    count = max(2, round((end - start) / 2.5))
    xs = [start + (end - start) * index / count for index in range(count + 1)]
    return [(x, bend(x, middle, sway)) for x in xs]


def stretches(kinds: Sequence[str], middle: float, sway: float) -> list[Stretch]:
    """The river through `len(kinds) + 1` evenly spaced nodes; neighbours of one kind become one path."""
    found: list[Stretch] = []
    step = 100 / max(len(kinds), 1)
    start = 0
    for index, kind in enumerate(kinds):
        if index + 1 == len(kinds) or kinds[index + 1] != kind:
            found.append(Stretch(kind, line(_between(start * step, (index + 1) * step, middle, sway))))
            start = index + 1
    return found


def smooth(values: Sequence[float], x: float) -> float:
    """Interpolate between values at the middles of equal columns, flat outside, without corners."""
    place = x / 100 * len(values) - 0.5
    left = math.floor(place)
    if left < 0 or left + 1 >= len(values):
        return values[0] if left < 0 else values[-1]
    part = place - left
    part = part * part * (3 - 2 * part)
    return values[left] * (1 - part) + values[left + 1] * part


def band(widths: Sequence[float], middle: float, sway: float) -> tuple[str, str]:
    """A river of volume: its body as a closed path, and the seam along its middle."""
    top: list[Point] = []
    bottom: list[Point] = []
    seam: list[Point] = []
    for index in range(61):
        x = index / 60 * 100
        y, half = bend(x, middle, sway), smooth(widths, x) / 2
        top.append((x, y - half))
        bottom.append((x, y + half))
        seam.append((x, y))
    return line([*top, *reversed(bottom)]) + "Z", line(seam)


def spark(values: Sequence[float], height: float, margin: float) -> tuple[str, Point]:
    """A line through the values, and where its end lies; x in per cent, y in pixels."""
    low, high = min(values), max(values)
    span = (high - low) or 1
    last = max(len(values) - 1, 1)
    points = [
        (index / last * 94, height - margin - (value - low) / span * (height - 2 * margin))
        for index, value in enumerate(values)
    ]
    return line(points), points[-1]


def lanes(count: int) -> list[float]:
    """Where parallel branches run in a channel 100 wide."""
    if count == 1:
        return [50.0]
    span = min(64.0, 32.0 * (count - 1))
    return [50 - span / 2 + span * index / (count - 1) for index in range(count)]
