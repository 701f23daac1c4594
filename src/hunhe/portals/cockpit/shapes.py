"""What the cockpit shows. Every number comes with its period, its age and the list that adds up to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

IndicatorName = Literal["batches", "loaded", "quarantine_rate", "subjects", "calls", "refused"]
SLOTS = 144
"""Ten-minute slots of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the list behind a tile. value: its part of the tile; whole: the denominator where the tile is a rate."""

    label: str
    department: str
    value: int
    whole: int = 0
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One tile and the lines it is made of. as_of: the newest thing counted; fresh: seconds after which the value must not
    be read as now (0: it does not age). values: its course over the day so far."""

    name: IndicatorName
    lines: tuple[Line, ...]
    as_of: datetime | None
    fresh: int = 0
    values: tuple[float, ...] = ()

    @property
    def value(self) -> float:
        """The sum of the lines; of a rate, the share of 1."""
        total = sum(line.value for line in self.lines)
        if self.name != "quarantine_rate":
            return total
        whole = sum(line.whole for line in self.lines)
        return total / whole if whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing worth a line beside the map or a mark on the day's river."""

    at: datetime
    label: str
    note: str
    kind: Literal["ok", "late", "you"]
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one room below adds to the wall. slots: its events per ten minutes, by number of the slot."""

    indicators: tuple[Indicator, ...] = ()
    slots: Mapping[int, int] = field(default_factory=dict)
    happenings: tuple[Happening, ...] = ()
    people: Mapping[str, int] = field(default_factory=dict)
    people_as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Everything on the first cockpit at one moment. people: by code of district. slots: events per ten minutes of the day."""

    now: datetime
    day: date
    indicators: tuple[Indicator, ...]
    people: Mapping[str, int]
    people_as_of: datetime | None
    slots: tuple[int, ...]
    happenings: tuple[Happening, ...]
