"""Departments' databases, read in one snapshot and counted apart from the rows: whole, or what changed.

What changed is what lies past the watermark, and, when a comparison is due, every bucket of keys whose rows are not
those of the hub: deleted rows, silent edits and rows that were committed late show there.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hunhe.hub.collect import marks, progress, watermarks
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.sources import dialects, tables
from hunhe.hub.collect.sources.dialects import Column, Dialect, Marks
from hunhe.hub.collect.spool import BUCKET, MARK, Spool
from hunhe.hub.collect.watermarks import Reading
from hunhe.stone.errors import Invalid, Unavailable, msgid

if TYPE_CHECKING:
    import duckdb

TABLE = re.compile(r"[^\W\d]\w{0,62}(\.[^\W\d]\w{0,62})?")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an open snapshot. columns: field name → its column there; others: those the contract leaves alone."""

    dialect: Dialect
    connection: Any
    name: str
    columns: dict[str, Column]
    others: tuple[Column, ...]

    @property
    def kinds(self) -> dict[str, str]:
        """Every column's type, the contract's by the names of their fields."""
        named = {field: column.kind for field, column in self.columns.items()} | {
            column.name: column.kind for column in self.others
        }
        return {name: kind for name, kind in named.items() if kind}

    @property
    def source(self) -> str:
        return self.dialect.table(self.name)

    def text(self, field: str) -> str:
        return self.dialect.text(self.columns[field])

    def selected(self, key: Sequence[str]) -> dict[str, str]:
        """Column of the spool → SQL; with marks where the server can make them."""
        found = {field: self.text(field) for field in self.columns}
        if (marks := self.marks(key)) is not None:
            found |= {MARK: marks.mark(list(found.values())), BUCKET: marks.bucket(self.texts(key))}
        return found

    def marks(self, key: Sequence[str]) -> Marks | None:
        """What marks its rows, where the server can and the key is there."""
        there = bool(key) and set(key) <= set(self.columns)
        return self.dialect if there and isinstance(self.dialect, Marks) else None

    def texts(self, fields: Iterable[str]) -> list[str]:
        return [self.text(field) for field in fields]


def land(dataset: Dataset, location: str, secret: str, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Spool:
    """Land one table. Columns that the contract does not name stay where they are."""
    name = dataset.source.get("table", "")
    if not TABLE.fullmatch(name):
        raise no_table()
    with opened(location, secret) as (dialect, connection):
        dialect.begin(connection)
        return _land(dataset, table_of(dataset, name, dialect, connection), folder, engine)


@contextmanager
def opened(location: str, secret: str) -> Iterator[tuple[Dialect, Any]]:
    """A connection that is always closed. Unavailable when the system is away, Invalid when it refuses what is asked."""
    dialect, place = dialects.of_location(location)
    driver = dialect.driver()
    try:
        with closing(dialect.connect(place, secret)) as connection:
            yield dialect, connection
    except driver.ProgrammingError as error:
        raise Invalid("collect.source.refused", msgid("The database does not let this table be read as agreed.")) from error
    except driver.Error as error:
        raise Unavailable("collect.source.database", msgid("The database cannot be reached.")) from error


def table_of(dataset: Dataset, name: str, dialect: Dialect, connection: Any) -> Table:
    """The table with the columns that the contract names, by name or heading; a missing one shows later as drift."""
    there = dialect.columns(connection, name)
    known = {column.name.lower(): column for column in reversed(there)} | {column.name: column for column in there}
    found = {
        field.name: known.get(field.name) or known.get(field.title) or known.get(field.name.lower()) for field in dataset.fields
    }
    columns = {field: column for field, column in found.items() if column is not None}
    if not columns:
        raise no_table()
    others = tuple(column for column in there if column not in columns.values())
    return Table(dialect, connection, name, columns, others)


def _land(dataset: Dataset, table: Table, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Spool:
    known = progress.of(dataset.id)
    reading = _reading(dataset, table, known.watermark, progress.comparison_is_due(dataset, known), engine)
    where, values = _condition(dataset, table, reading)
    (count,) = table.dialect.first(table.connection, f"SELECT count(*) FROM {table.source}{where}", values)
    highest = _highest(dataset, table)
    selected = table.selected(dataset.key if dataset.watermark else ())
    chosen = ", ".join(f"{sql} AS {table.dialect.name(column)}" for column, sql in selected.items())
    rows = table.dialect.stream(table.connection, f"SELECT {chosen} FROM {table.source}{where}", values)
    tables.write_rows(folder / tables.SPOOL, tuple(selected), rows)
    digest = tables.rows_digest(engine, folder / tables.SPOOL, tuple(selected))
    buckets = hashlib.sha256(",".join(reading.buckets).encode()).hexdigest()[:16] if reading.buckets else ""
    return Spool(
        format="parquet",
        file=tables.SPOOL,
        columns=tuple(selected),
        rows=int(count),
        digest=f"{digest}:{buckets}" if buckets else digest,
        origin=table.name,
        complete=reading.complete,
        buckets=reading.buckets,
        compared=bool(dataset.watermark) and (reading.complete or progress.comparison_is_due(dataset, known)),
        watermark=highest,
        kinds=table.kinds,
    )


def _reading(dataset: Dataset, table: Table, watermark: str, due: bool, engine: "duckdb.DuckDBPyConnection") -> Reading:
    if not dataset.watermark or not watermark or dataset.watermark not in table.columns:
        return Reading(complete=True)
    since = watermarks.lower_bound(watermark, dataset.overlap)
    marker = table.marks(dataset.key)
    if not due or marker is None:
        return watermarks.reading_of(due=due, since=since, differing=None, all_buckets=1)
    digits = watermarks.bucket_digits(marks.known_rows(dataset.id))
    inner = f"SELECT {marker.mark(table.texts(table.columns))} AS m, {marker.bucket(table.texts(dataset.key))} AS b FROM {table.source}"
    theirs = table.dialect.stream(table.connection, marker.bucket_sums(inner, digits), ())
    differing = marks.differing(dataset.id, theirs, digits, engine)
    return watermarks.reading_of(due=due, since=since, differing=differing, all_buckets=16**digits)


def _condition(dataset: Dataset, table: Table, reading: Reading) -> tuple[str, list[Any]]:
    """The WHERE of what is read. A row without watermark is always read: nothing says that it is old."""
    if reading.complete:
        return "", []
    column = table.dialect.name(table.columns[dataset.watermark].name)
    text = f" WHERE ({column} >= {table.dialect.sign(1)} OR {column} IS NULL"
    marker = table.marks(dataset.key)
    if reading.buckets and marker is not None:
        listed = ", ".join(f"'{bucket}'" for bucket in reading.buckets)
        text += f" OR {marker.beginning(marker.bucket(table.texts(dataset.key)), len(reading.buckets[0]))} IN ({listed})"
    return text + ")", [reading.since]


def _highest(dataset: Dataset, table: Table) -> str:
    if dataset.watermark not in table.columns:
        return ""
    column = table.dialect.name(table.columns[dataset.watermark].name)
    (value,) = table.dialect.first(table.connection, f"SELECT max({column}) FROM {table.source}")
    return watermarks.written(value)


def no_table() -> Invalid:
    return Invalid("collect.source.table", msgid("The contract names no table that can be read."))
