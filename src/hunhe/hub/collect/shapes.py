"""What passes through collection's doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

FieldType = Literal["text", "code", "integer", "number", "money", "date", "datetime", "boolean", "id_number", "uscc", "phone"]
Sensitivity = Literal["none", "personal", "sensitive"]
SourceKind = Literal["database", "exchange_database", "files", "drop", "rest", "excel", "upload"]
Mode = Literal["full", "incremental"]


class BatchState(StrEnum):
    """How far a batch has come. REPEATED: the same bytes as the batch before; nothing was done twice."""

    RECEIVED = "received"
    LANDED = "landed"
    CHECKED = "checked"
    LOADED = "loaded"
    QUARANTINED = "quarantined"
    RECONCILED = "reconciled"
    REPEATED = "repeated"
    FAILED = "failed"


OPEN = (BatchState.RECEIVED, BatchState.LANDED, BatchState.CHECKED, BatchState.LOADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a dataset. `title` is the department's own heading; `past`: a date that cannot lie ahead."""

    name: str
    title: str
    type: FieldType = "text"
    required: bool = False
    codes: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    past: bool = False
    sensitive: Sensitivity = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the contract: `sql` is what holds for a good row, over typed columns."""

    id: str
    name: str
    field: str
    sql: str
    basis: str = ""


OWN_COLUMNS = ("_key", "_hash", "_batch", "_line")
"""What each row of a dataset's table has besides the contract's fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A contract with a department's system.

    source: what the kind of source needs (table, pattern, path …). latest: the column by which the newest of several
    rows with one key wins; without it they are all quarantined. threshold: share of quarantined rows above which the
    whole batch stays out. shrink: share of the current rows below which a full batch stays out. serve: look-up keys.
    watermark: column that grows with each change; only rows past it are read, `overlap` seconds (or steps of a counting
    column) again. compare_hours: how often source and hub are compared row by row, for what the watermark does not show.
    """

    id: str
    department: str
    system: str
    name: str
    kind: SourceKind
    fields: tuple[Field, ...]
    connection: str = ""
    source: Mapping[str, str]
    key: tuple[str, ...] = ()
    latest: str = ""
    mode: Mode = "full"
    cycle: str = "daily"
    watermark: str = ""
    overlap: int = 600
    compare_hours: float = 24
    threshold: float = 0.05
    shrink: float = 0.5
    serve: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    basis: str = ""

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery and what became of its rows.

    source_rows is counted at the source, apart from landed: rows read, malformed ones included. At the end
    source_rows = loaded + quarantined + duplicates. times_sent: how often the same bytes came. version: lake version.
    failure: code of why it ended or waits, with a msgid (`failure_message`) that `failure_detail` fills.
    delivery: the sender's own name of it, where it has one.
    """

    id: str
    dataset: str
    department: str
    seq: int
    state: BatchState
    origin: str
    delivery: str
    digest: str
    times_sent: int
    attempts: int
    source_rows: int | None
    landed: int | None
    checked: int | None
    loaded: int | None
    quarantined: int | None
    duplicates: int | None
    added: int | None
    changed: int | None
    removed: int | None
    version: int | None
    same_as: str | None
    failure: str
    failure_message: str
    failure_detail: Mapping[str, Any]
    started_at: datetime
    interrupted_at: datetime | None
    finished_at: datetime | None

    @property
    def difference(self) -> int | None:
        """Rows of the source that nothing here accounts for; zero when the books balance."""
        if self.source_rows is None or self.loaded is None:
            return None
        return self.source_rows - self.loaded - (self.quarantined or 0) - (self.duplicates or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineCount:
    """Rows of one batch held back by one rule (each row counts once, under the first rule it broke)."""

    rule: str
    field: str
    title: str
    rows: int
    department: str
    correction: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow:
    """One row held back. Personal values are masked; `reasons` are all the rules it broke, as (rule, field)."""

    batch: str
    line: int
    rule: str
    field: str
    reasons: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where a system is reached; the secret never leaves the room."""

    name: str
    kind: str
    location: str
    has_secret: bool
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in pieces. received: bytes on disk, from where to go on. batch: what it became once closed."""

    id: str
    dataset: str
    name: str
    size: int
    digest: str
    received: int
    state: Literal["open", "closed", "refused"]
    batch: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetArrivals:
    """What arrived of one dataset in a span of time. Row counts are of batches that came to an end; last_at: newest start."""

    dataset: str
    name: str
    department: str
    batches: int
    failed: int
    source_rows: int
    loaded: int
    quarantined: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """A span of time, counted. per_ten_minutes: (moment, batches begun, rows loaded), only where something arrived."""

    datasets: tuple[DatasetArrivals, ...]
    per_ten_minutes: tuple[tuple[datetime, int, int], ...]
