"""Indicators as every room defines them, and figures as everybody sees them: a definition with what was just counted.

A value is never kept beside its lines: it is their sum (of a share, sum by sum), so that tile, list and API cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from hunhe.stone.who import Who

T = TypeVar("T")
Period = Literal["today", "now"]
Kind = Literal["count", "share"]
HappeningKind = Literal["ok", "you", "late"]
SLOTS = 144
"""Ten-minute slots of a day."""
COURSE = 24
DISTRICT = 6
"""So many digits of a division's code name its district."""
MOST_HAPPENINGS = 50
"""So many things a room tells at once; whoever wants older ones asks with an earlier end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What is counted, by whom, and how long a value may be read as now.

    id: `room.noun_today` or `room.noun_now`. name, caliber, unit, numerator, denominator: msgids; caliber is one sentence
    that says what counts and what does not. owner: code of the department that answers for it. fresh: seconds after
    `Reading.as_of` from which a value is stale (0: it does not age). river: its events widen the day's river. may: the
    permission that the pages behind its lines ask for. reads: lake tables that it counts, if any: what they rest on, it
    rests on.
    """

    id: str
    name: str
    caliber: str
    unit: str
    numerator: str
    denominator: str = ""
    period: Period = "today"
    owner: str
    fresh: int = 0
    kind: Kind = "count"
    river: bool = False
    may: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the list behind a value. label: a name, or a msgid filled from `params`; note: a msgid that qualifies it.

    department: code. value: its part of the numerator; whole: of the denominator. at: the newest thing counted.
    url: the page of the room that shows these rows. division: code of the district or below; "" where there is none.
    """

    label: str
    department: str = ""
    value: int
    whole: int = 0
    at: datetime | None = None
    url: str = ""
    division: str = ""
    note: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a room counted. as_of: the moment for which the lines hold: now for what the room keeps itself, the last arrival
    for what comes from outside, None before the first. slots: events per ten minutes of the day. values: the course of the
    day; where slots are given it need not be."""

    lines: tuple[Line, ...]
    as_of: datetime | None
    values: tuple[float, ...] = ()
    slots: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing of the day worth a line or a mark on the river. label, note: msgids or names, both filled from `params`.
    kind: `ok` passed, `you` worth a look, `late` broken. level: 1 to 4 where it is a legal warning."""

    at: datetime
    label: str
    note: str = ""
    kind: HappeningKind = "ok"
    url: str = ""
    level: int = 0
    division: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A city day from `start` to `end`, seen at `now`. One object is passed to all readers of one gathering."""

    start: datetime
    end: datetime
    now: datetime
    _shared: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def part(self) -> float:
        """How much of the day has passed, 0 to 1."""
        return min(1.0, max(0.0, (self.now - self.start) / (self.end - self.start)))

    def once(self, key: str, count: Callable[[], T]) -> T:
        """What several indicators of a room count together is counted once in a gathering."""
        if key not in self._shared:
            self._shared[key] = count()
        found: T = self._shared[key]
        return found

    def slot(self, moment: datetime) -> int:
        """Which ten minutes of the day a moment falls into."""
        return min(SLOTS - 1, max(0, int((moment - self.start) / timedelta(minutes=10))))

    def by_slot(self, counted: Iterable[tuple[datetime, int]]) -> dict[int, int]:
        found: dict[int, int] = {}
        for moment, count in counted:
            slot = self.slot(moment)
            found[slot] = found.get(slot, 0) + count
        return found

    def course(self, slots: Mapping[int, int]) -> tuple[float, ...]:
        """The running total at up to 24 moments of the day so far; the last is now."""
        last = self.slot(self.now)
        step = max(1, (last + 1) // COURSE)
        totals, total = [0.0], 0
        for slot in range(last + 1):
            total += slots.get(slot, 0)
            if slot % step == step - 1 or slot == last:
                totals.append(float(total))
        return tuple(totals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A definition and what was counted for it. counted_at: when; failing: the last attempt failed, this is an older one or
    none. cut: the same value by district; empty where the lines know no place. before: yesterday's value, at this time of
    day where it has a course; None where nothing was kept. withdrawn: the column it rests on that is no longer given."""

    indicator: Indicator
    reading: Reading
    counted_at: datetime | None
    cut: tuple[Line, ...] = ()
    failing: bool = False
    before: float | None = None
    withdrawn: str = ""

    @property
    def total(self) -> int:
        return sum(line.value for line in self.reading.lines)

    @property
    def whole(self) -> int:
        return sum(line.whole for line in self.reading.lines)

    @property
    def value(self) -> float | None:
        """The sum of the lines; of a share, between 0 and 1, and None while there is nothing to have a share of."""
        return measured(self.indicator.kind, self.total, self.whole)

    def is_stale(self, now: datetime) -> bool:
        """Not to be read as now: too old, withdrawn from under, or the room could not count."""
        as_of, fresh = self.reading.as_of, self.indicator.fresh
        return self.failing or bool(self.withdrawn) or bool(fresh and as_of and (now - as_of).total_seconds() > fresh)

    def by_district(self) -> dict[str, float]:
        """Values by code of district, for a map; what has no place is not among them."""
        parts: dict[str, tuple[int, int]] = {}
        for line in self.cut:
            if code := line.division[:DISTRICT]:
                value, whole = parts.get(code, (0, 0))
                parts[code] = value + line.value, whole + line.whole
        values = {code: measured(self.indicator.kind, value, whole) for code, (value, whole) in parts.items()}
        return {code: value for code, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """All figures in order of registration, and what happened, newest first: one gathering."""

    span: Span
    day: date
    figures: tuple[Figure, ...]
    happenings: tuple[Happening, ...]

    @property
    def slots(self) -> tuple[int, ...]:
        """Events per ten minutes, of all indicators that flow into the day's river."""
        flowing = [figure.reading.slots for figure in self.figures if figure.indicator.river]
        return tuple(sum(slots.get(slot, 0) for slots in flowing) for slot in range(SLOTS))


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure of a day, added up over all days kept and today. since: the first of them."""

    total: int
    whole: int
    since: date


ReadFigure = Callable[[Who, Span], Reading]
FindFamily = Callable[[], Iterable[tuple[Indicator, ReadFigure]]]
FindGreyed = Callable[[], Mapping[str, str]]
ReadCut = Callable[[Who, Span], Iterable[Line]]
ReadHappenings = Callable[[Who, Span], Iterable[Happening]]


def measured(kind: Kind, value: int, whole: int) -> float | None:
    """A value from its sums; None for a share of nothing, which is not the same as no share."""
    if kind == "count":
        return value
    return value / whole if whole else None
