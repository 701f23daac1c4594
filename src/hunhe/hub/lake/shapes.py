"""What passes through the lake's doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

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
