"""What passes through the doors of themes. Plain values, frozen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RunState(StrEnum):
    """WAITING and RUNNING end as DONE, FAILED (an audit found rows, or the SQL failed) or HELD (it may not run: see why)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"


class ThemeState(StrEnum):
    """How a theme's tables are to be read. STALE: something upstream is broken, they are older than they should be.
    FAILED: its own last run did. WITHDRAWN: a column they rest on is no longer given. HELD: a right is missing."""

    NEVER = "never"
    FRESH = "fresh"
    STALE = "stale"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason as a msgid that `params` fill; empty where there is nothing to explain."""

    text: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a theme. inputs: lake table → version read; tables: lake table → version written; rows: of each table.

    failures: audit → rows that must not exist. seconds: from start to end.
    """

    id: str
    theme: str
    seq: int
    state: RunState
    why: Why
    inputs: Mapping[str, int]
    tables: Mapping[str, int]
    rows: Mapping[str, int]
    failures: Mapping[str, int]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def seconds(self) -> float | None:
        return (self.finished_at - self.started_at).total_seconds() if self.started_at and self.finished_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeTable:
    """A table of a theme. table: its name in the lake; columns: name → title; inputs: what its SQL reads."""

    name: str
    table: str
    title: str
    columns: Mapping[str, str]
    inputs: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An indicator that a theme feeds: the sum of a column. id: `themes.<theme>_<name>`. label, division: columns that name
    its lines and their place."""

    id: str
    theme: str
    name: str
    caliber: str
    unit: str
    table: str
    column: str
    label: str = ""
    division: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme library as the city's content has it, and how it stands. named: the source article names it.

    state, why: how its tables are to be read; run: the newest finished run that published; last: the newest of all.
    """

    id: str
    name: str
    owner: str
    basis: str
    about: str
    named: bool
    tables: tuple[ThemeTable, ...]
    audits: tuple[str, ...]
    measures: tuple[Measure, ...]
    inputs: tuple[str, ...]
    state: ThemeState
    why: Why
    run: Run | None
    last: Run | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A column that its department no longer gives. lifted_at: it is given again since then."""

    id: str
    table: str
    column: str
    reason: str
    by: str
    at: datetime
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Something that rests on a column. kind: theme, base, indicator, or what a room above registered (service, consumer).
    via: the table or column through which it does. steps: how many tables away."""

    kind: str
    id: str
    name: str
    via: str
    url: str = ""
    steps: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All that rests on a column, nearest first; with the withdrawal in force, if the column is withdrawn."""

    table: str
    column: str
    found: tuple[Reached, ...]
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rows of one table as of a version: at most a hundred, and where they come from."""

    table: str
    version: int
    at: datetime
    run: str
    inputs: Mapping[str, int]
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int


FindReached = Callable[[Mapping[str, frozenset[str]]], Iterable[Reached]]
"""Table → its columns that are reached (all of it where "" is among them) → what rests on them."""
FindRight = Callable[[str, str], frozenset[str]]
"""Department, table → columns that it holds a right to use."""
