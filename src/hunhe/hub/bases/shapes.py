"""What passes through the doors of bases. Plain values, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class BuildState(StrEnum):
    """WAITING and BUILDING end as DONE or FAILED. FAILED: an audit found rows, nothing was published."""

    WAITING = "waiting"
    BUILDING = "building"
    DONE = "done"
    FAILED = "failed"


class MergeState(StrEnum):
    """A merge or its undoing is proposed by one person and decided by another."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build of a base. inputs: dataset → lake version read; tables: lake table → version written.

    links: how many source rows were joined by which means (`number`, `match`, `alone`, `disputed`, `apart`).
    failures: audit → rows that must not exist. divisions: code of the district → subjects, empty where the base knows none.
    """

    id: str
    base: str
    state: BuildState
    inputs: Mapping[str, int | None]
    tables: Mapping[str, int]
    digest: str
    subjects: int
    new_subjects: int
    rows: Mapping[str, int]
    links: Mapping[str, int]
    states: Mapping[str, int]
    divisions: Mapping[str, int]
    failures: Mapping[str, int]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseTable:
    """A base as others may read it from the lake. titles: column → what people call it; personal: those that tell of one person."""

    table: str
    name: str
    owner: str
    titles: Mapping[str, str]
    personal: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a base holds now (its newest finished build) and the build under way, if any. divisions: by code of district."""

    base: str
    name: str
    subjects: int
    rows: Mapping[str, int]
    links: Mapping[str, int]
    states: Mapping[str, int]
    divisions: Mapping[str, int]
    built_at: datetime | None
    build: Build | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSource:
    """Where a value comes from: dataset, row key, batch and line in it; grade A authority … D promise."""

    dataset: str
    key: str
    batch: str
    line: int
    as_of: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loser:
    """A value that did not win. reason: `authority` a source with the say has another, `newer` the same source has a newer one."""

    value: str
    source: FieldSource
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenField:
    """One field of a golden record. reason: `only` the only value, `agreed` all values are equal, `authority` or `newer` why it won."""

    name: str
    title: str
    value: str
    source: FieldSource | None
    reason: str
    sensitive: str = "none"
    losers: tuple[Loser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A source row and the subject it belongs to. how: `number`, `match`, `alone`, `disputed`, `apart`; evidence in nats."""

    dataset: str
    key: str
    subject_id: str
    how: str
    evidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One subject, field by field, with the rows that tell of it. asked_as: the alias it was asked for by, if any."""

    base: str
    subject_id: str
    status: str
    fields: tuple[GoldenField, ...]
    links: tuple[Link, ...]
    asked_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A proposal that two subjects are one (`join`), that some rows of a subject are another (`part`), or to `undo` a join."""

    id: str
    base: str
    kind: str
    subject_id: str
    other: str
    reason: str
    state: MergeState
    proposed_by: str
    decided_by: str
    proposed_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """One list resolved. precision, recall, f1: over pairs of records, None without a truth column.

    entity_of: for each record in the list's order the number of the record that leads its entity.
    columns: what each compared column was taken for.
    """

    records: int
    entities: int
    precision: float | None
    recall: float | None
    f1: float | None
    seconds: float
    entity_of: tuple[int, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
