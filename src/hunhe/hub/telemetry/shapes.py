"""What passes through the doors of telemetry. Plain frozen shapes; moments are aware."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Mode = Literal["live", "replay"]
WatchState = Literal["normal", "over", "offline", "never"]
WarningKind = Literal["over", "offline"]
WarningState = Literal["open", "closed", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """A site as its source declares it. code: the source's own name for it."""

    code: str
    name: str = ""
    division: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system that measures. clock: `+08:00`. step: minutes on whose multiples readings lie. mode: `replay` for a series of the
    past, which the city's clock never finds silent and which opens no orders. simulated: its readings are made up."""

    code: str
    name: str
    department: str
    client: str
    clock: str
    step: int
    mode: Mode
    simulated: bool
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a source measures."""

    id: str
    source: str
    source_name: str
    code: str
    name: str
    division: str
    mode: Mode
    simulated: bool
    clock: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How a site stands under a rule. last_at: its newest reading, None before the first. level: of the open warning."""

    site: Site
    rule: str
    state: WatchState
    last_at: datetime | None
    last_value: float | None
    level: str
    warning_id: str


@dataclass(frozen=True, slots=True)
class Grade:
    """How a value is called in plain words, and what people do then."""

    name: str
    advice: str
    upto: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule in force. gap_hours: longer silence breaks a row. levels: (level, bound its peak exceeds), lowest first.

    procedure: the order that a live warning opens; order_within_hours: if it started no longer ago.
    """

    code: str
    name: str
    owner: str
    basis: str
    metric: str
    unit: str
    threshold: float
    consecutive: int
    gap_hours: float
    levels: tuple[tuple[str, float], ...]
    procedure: str
    order_within_hours: float
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of warning: 1 red to 4 blue, and who issues it."""

    code: str
    number: int
    name: str
    issued_by: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """One warning. start, end: as instants; start_text, end_text: as the source's own clock shows them. peak: of `over` only."""

    id: str
    site: Site
    rule: str
    kind: WarningKind
    state: WarningState
    level: str
    start: datetime
    end: datetime | None
    start_text: str
    end_text: str | None
    peak: float | None
    live: bool
    case_id: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One value. text: its time as the source's own clock shows it."""

    at: datetime
    text: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of a delivery. reasons: (place in the batch, why, value kept where another stood already)."""

    code: str
    source: str
    accepted: int
    duplicate: int
    refused: int
    missing: int
    reasons: tuple[tuple[int, str, float | None], ...]
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The day in numbers. by_level: open live warnings by level. as_of: when the newest batch came."""

    readings_today: int
    sites: int
    online: int
    offline: int
    by_level: tuple[tuple[str, int], ...]
    as_of: datetime | None
