"""What passes through the lake's doors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Mode = Literal["overwrite", "append"]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one table. A later lease has a larger token and fences this one off."""

    table: str
    token: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a table. `version` counts Delta commits, `seq` the writer's batches, `rows` the whole table.

    `columns` maps names to DuckDB types, in order.
    """

    table: str
    version: int
    seq: int
    rows: int
    columns: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much the lake holds: tables with a version in force, and all versions ever made."""

    tables: int
    versions: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look-up found, and the version that it read."""

    version: int
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One column compared with one value, or for `in` with several."""

    column: str
    operator: Operator
    values: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading on begins: after row `row` of a version."""

    version: int
    row: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of one version in the order of its first key, and where the next begin; None after the last row."""

    version: int
    rows: tuple[Mapping[str, Any], ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fenced SELECT may use: wall seconds, engine memory, rows in the answer."""

    seconds: float = 30.0
    memory: str = "512MB"
    rows: int = 1_000_000


How = Literal["value", "counted", "rows"]


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A column that another one rests on. `column` empty: every row of the table.

    how: `value` it is shown, reshaped or not; `counted` it only goes into a count, a sum or a comparison; `rows` it decides
    which rows there are.
    """

    source: str
    source_column: str
    column: str
    how: How


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT that passed the fence. text: as it is run, its inputs under plain names; inputs: these names → tables."""

    text: str
    inputs: Mapping[str, str]
    columns: tuple[str, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """A SELECT of rows that must not exist."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a version was made by and from. run: the maker's own name of its work; digest: of what it was told to do;
    inputs: table → version that was read; edges: as the SQL that was run has them."""

    run: str
    digest: str
    inputs: Mapping[str, int]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """A version of a table with its origin."""

    table: str
    version: int
    at: datetime
    origin: Origin


@dataclass(frozen=True, slots=True)
class Part:
    """One of several tables that are written together."""

    lease: Lease
    rows: "pa.RecordBatchReader"
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, order=True)
class Reached:
    """A column on the way up or down from another one; `column` empty: every row. steps: how many tables away."""

    steps: int
    table: str
    column: str


def read_audits(text: str) -> tuple[Audit, ...]:
    """Audits of one file: each begins with a line `-- check: <name>`; other comment lines are left out."""
    parts = re.split(r"^-- check: (.+)$", text, flags=re.MULTILINE)
    return tuple(
        Audit(name.strip(), re.sub(r"^--.*$", "", body, flags=re.MULTILINE).strip().rstrip(";"))
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    )
