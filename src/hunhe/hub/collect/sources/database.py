"""Departments' databases: SQLite files and PostgreSQL, read in one snapshot, counted apart from the rows."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote as quote_url

from hunhe.hub.collect import delimited
from hunhe.hub.collect.checks import name
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.sources import tables
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, Unavailable, msgid

if TYPE_CHECKING:
    import duckdb

_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?")
ROWS_A_FETCH = 20_000


def land(dataset: Dataset, location: str, secret: str, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Spool:
    """Land one table. Columns that the contract does not name stay where they are."""
    table = dataset.source.get("table", "")
    if not _TABLE.fullmatch(table):
        raise Invalid("collect.source.table", msgid("The contract names no table that can be read."))
    if location.startswith(("postgres://", "postgresql://")):
        return _land_postgres(dataset, table, location, secret, folder)
    return _land_sqlite(dataset, table, location.removeprefix("sqlite://"), folder, engine)


def _wanted(dataset: Dataset, there: Sequence[str]) -> tuple[str, ...]:
    """Contract columns that the table has; a missing one shows later as drift, not as a failed query."""
    return tuple(field.name for field in dataset.fields if field.name in there)


def _land_sqlite(dataset: Dataset, table: str, path: str, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Spool:
    if not Path(path).is_file():
        raise Unavailable("collect.source.database", msgid("The database cannot be reached."))
    connection = sqlite3.connect(f"file:{quote_url(path)}?mode=ro", uri=True, isolation_level=None, timeout=10)
    try:
        connection.execute("BEGIN")
        there = [row[1] for row in connection.execute(f"PRAGMA table_info({name(table)})")]
        columns = _wanted(dataset, there)
        if not columns:
            raise Invalid("collect.source.table", msgid("The contract names no table that can be read."))
        chosen = ", ".join(f"CAST({name(column)} AS TEXT)" for column in columns)
        (count,) = connection.execute(f"SELECT count(*) FROM {name(table)}").fetchone()
        rows = connection.execute(f"SELECT {chosen} FROM {name(table)}")
        tables.write_rows(folder / tables.SPOOL, columns, _fetched(rows))
    except sqlite3.DatabaseError as error:
        raise Unavailable("collect.source.database", msgid("The database cannot be reached.")) from error
    finally:
        connection.close()
    digest = tables.rows_digest(engine, folder / tables.SPOOL, columns)
    return Spool(format="parquet", file=tables.SPOOL, columns=columns, rows=count, digest=digest, origin=table)


def _fetched(rows: sqlite3.Cursor) -> Iterator[tuple[str | None, ...]]:
    while some := rows.fetchmany(ROWS_A_FETCH):
        yield from some


def _land_postgres(dataset: Dataset, table: str, location: str, secret: str, folder: Path) -> Spool:
    """COPY out of a repeatable-read snapshot; the count is taken inside it."""
    import psycopg
    from psycopg import IsolationLevel, sql

    raw = folder / "copied.csv"
    try:
        with psycopg.connect(location, password=secret or None, connect_timeout=10) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            place = sql.Identifier(*table.split("."))
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(place))
                columns = _wanted(dataset, [column.name for column in cursor.description or ()])
                (count,) = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(place)).fetchone() or (0,)
                chosen = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
                statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, HEADER)").format(chosen, place)
                with cursor.copy(statement) as copy, raw.open("wb") as out:
                    for data in copy:
                        out.write(data)
    except psycopg.Error as error:
        raise Unavailable("collect.source.database", msgid("The database cannot be reached.")) from error
    text = delimited.take_in(raw, folder / "source.csv")
    raw.unlink()
    return Spool(
        format="csv",
        file="source.csv",
        columns=text.columns,
        rows=count,
        digest=text.digest,
        origin=table,
        first_line=1,
        delimiter=text.delimiter,
    )
