"""Rows of text into one Parquet spool, and a digest of rows that does not depend on their order."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.collect.checks import name, quote

if TYPE_CHECKING:
    import duckdb

SPOOL = "source.parquet"
ROWS_A_GROUP = 50_000


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> int:
    """Stream rows to Parquet, everything as text; return how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(column, pa.string()) for column in columns])
    written, waiting = 0, iter(rows)
    with pq.ParquetWriter(path, schema) as writer:
        while some := list(islice(waiting, ROWS_A_GROUP)):
            writer.write_batch(_batch(some, schema))
            written += len(some)
    return written


def _batch(rows: Sequence[Sequence[str | None]], schema: "object") -> "object":
    import pyarrow as pa

    return pa.record_batch([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=schema)


def rows_digest(engine: "duckdb.DuckDBPyConnection", path: Path, columns: Sequence[str]) -> str:
    """Count and sum of the md5 of each row: equal for equal rows in any order."""
    text = ", ".join(f"coalesce({name(column)}, '\u2205')" for column in columns)
    total = f"sum(CAST(md5_number_lower(concat_ws(chr(31), {text})) AS HUGEINT))"
    row = engine.sql(f"SELECT count(*), {total} FROM read_parquet({quote(str(path))})").fetchall()[0]
    return f"rows:{row[0]}:{row[1] or 0:x}"
