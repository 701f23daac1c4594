"""Thirty days of uses as a river: where each mark lies. x in per cent of the width, y in pixels."""

from dataclasses import dataclass
from datetime import date, timedelta

from hunhe.hub.exchange.shapes import UseDays
from hunhe.ui.rivers import bend, line

HEIGHT = 44.0
_MIDDLE, _SWAY = 30.0, 7.0
_STEM, _PER_USE, _LONGEST = 12, 3, 24


@dataclass(frozen=True, slots=True)
class Mark:
    """One day on the river. stem: pixels, longer with more uses; 0 where none was answered."""

    day: date
    x: str
    y: str
    stem: int
    given: int
    refused: int


@dataclass(frozen=True, slots=True)
class UsesRiver:
    """What the template draws: the line, the marks, the bead of today, and where the refusals stand."""

    path: str
    marks: tuple[Mark, ...]
    today_y: str
    refused_x: str | None


def draw_days(days: UseDays) -> UsesRiver:
    marks = []
    span = (days.last - days.first) // timedelta(days=1)
    for day, given, refused in days.days:
        x = (day - days.first) // timedelta(days=1) / span * 98
        stem = min(_STEM + _PER_USE * (given - 1), _LONGEST) if given else 0
        marks.append(Mark(day, f"{x:.1f}", f"{_at(x):.1f}", stem, given, refused))
    refused_at = [float(mark.x) for mark in marks if mark.refused]
    middle = sum(refused_at) / len(refused_at) if refused_at else None
    return UsesRiver(
        path=line((x, _at(x)) for x in range(0, 101, 2)),
        marks=tuple(marks),
        today_y=f"{_at(100):.1f}",
        refused_x=f"{min(max(middle, 28), 76):.1f}" if middle is not None else None,
    )


def _at(x: float) -> float:
    return bend(x, _MIDDLE, _SWAY)
