"""Files: CSV of any Chinese encoding, JSON and Parquet, dropped in a folder or uploaded."""

import fnmatch
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.collect import delimited, digests
from hunhe.hub.collect.checks import name, quote
from hunhe.hub.collect.sources import arrow, excel, tables
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, NotFound, Unavailable, msgid

if TYPE_CHECKING:
    import duckdb


def newest(location: str, pattern: str) -> Path:
    """The newest file by name that matches; names carry the day, clocks of file servers do not agree."""
    folder = Path(location)
    if not folder.is_dir():
        raise Unavailable("collect.source.folder", msgid("The folder %(folder)s cannot be reached."), folder=location)
    found = sorted(path for path in folder.iterdir() if path.is_file() and fnmatch.fnmatch(path.name, pattern))
    if not found:
        raise NotFound(
            "collect.source.no_file", msgid("There is no file %(pattern)s in %(folder)s yet."), pattern=pattern, folder=location
        )
    return found[-1]


def land(source: Path, folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str) -> Spool:
    """Bring one file into the batch folder. Invalid for what is cut off, empty, hostile or of no known kind."""
    before = source.stat()
    if before.st_size == 0:
        raise Invalid("collect.file.empty", msgid("The file has no heading line. The first line must name the columns."))
    with source.open("rb") as file:
        head = file.read(8)
    suffixes = [suffix.lower() for suffix in Path(origin).suffixes]
    if head.startswith(b"PK\x03\x04"):
        spool = excel.land(source, folder, engine, origin)
    elif head.startswith(b"PAR1"):
        spool = _land_parquet(source, folder, engine, origin)
    elif head.startswith((arrow.FILE, arrow.STREAM)):
        spool = _land_parquet(arrow.as_parquet(source, folder), folder, engine, origin)
    elif {".json", ".jsonl", ".ndjson"} & set(suffixes) or head.lstrip()[:1] in (b"{", b"["):
        spool = _land_json(source, folder, engine, origin)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid("collect.file.old_excel", msgid("This is an .xls file. Please save it as .xlsx or CSV."))
    else:
        spool = _land_text(source, folder, origin)
    after = source.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Unavailable("collect.source.changing", msgid("The file is still being written. It will be tried again."))
    return spool


def _land_text(source: Path, folder: Path, origin: str) -> Spool:
    text = delimited.take_in(source, folder / "source.csv")
    digest = digests.of_file(source) if text.packed else text.digest
    return Spool(
        format="csv",
        file="source.csv",
        columns=text.columns,
        rows=text.records - 1,
        digest=digest,
        origin=origin,
        first_line=2,
        delimiter=text.delimiter,
        replaced=text.replaced,
    )


def _land_parquet(source: Path, folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str) -> Spool:
    scan = f"read_parquet({quote(str(source))})"
    spool = _land_by_engine(source, folder, engine, origin, scan)
    kinds = {column[0]: str(column[1]).lower() for column in engine.sql(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
    return replace(spool, kinds=kinds)


def _land_json(source: Path, folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str) -> Spool:
    kind = ", compression = 'gzip'" if delimited.is_packed(source) else ""
    # the reader holds two of its largest objects for each thread
    scan = f"read_json({quote(str(source))}, maximum_object_size = 16777216, sample_size = -1, maximum_depth = 1{kind})"
    return _land_by_engine(source, folder, engine, origin, scan)


def _land_by_engine(source: Path, folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str, scan: str) -> Spool:
    """Files that DuckDB reads: every column becomes text, nested ones JSON."""
    import duckdb

    try:
        described = engine.sql(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        chosen = ", ".join(_as_text(column[0], column[1]) for column in described)
        engine.sql(f"COPY (SELECT {chosen} FROM {scan}) TO {quote(str(folder / tables.SPOOL))} (FORMAT parquet)")
        rows = engine.sql(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
    except duckdb.Error as error:
        raise Invalid(
            "collect.file.unreadable", msgid("The file cannot be read: %(reason)s"), reason=str(error).splitlines()[0][:200]
        ) from error
    digest = digests.of_file(source)
    return Spool(
        format="parquet",
        file=tables.SPOOL,
        columns=tuple(column[0] for column in described),
        rows=rows,
        digest=digest,
        origin=origin,
    )


def _as_text(column: str, kind: str) -> str:
    text = name(column)
    if kind == "JSON":
        return f"({text} ->> '$') AS {text}"  # a string without its quotation marks, anything nested as it is
    nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "LIST"))
    return f"CAST({f'to_json({text})' if nested else text} AS VARCHAR) AS {text}"
