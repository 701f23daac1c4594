"""Excel workbooks: the first sheet with a heading, read row by row; packed bombs are refused before they open."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.parsers import expat

from hunhe.hub.collect.sources import tables, workbook
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    import duckdb

MOST_UNPACKED = 2 * 1024**3
MOST_RATIO = 100  # sheets of repeated text pack about 30 times


def land(source: Path, folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str) -> Spool:
    """Land the workbook's active sheet. Rows without any value are no rows."""
    _refuse_bomb(source)
    with zipfile.ZipFile(source) as packed:
        return _land(_rows(packed), folder, engine, origin)


def _land(rows: Iterator[list[str | None]], folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str) -> Spool:
    header = next(rows, None)
    if header is None or not any(header):
        raise Invalid("collect.file.empty", msgid("The file has no heading line. The first line must name the columns."))
    kept = [place for place, heading in enumerate(header) if heading and heading.strip()]
    columns = tuple((header[place] or "").strip() for place in kept)
    cells = ([row[place] if place < len(row) else None for place in kept] for row in rows)
    written = tables.write_rows(folder / tables.SPOOL, columns, (row for row in cells if any(row)))
    digest = tables.rows_digest(engine, folder / tables.SPOOL, columns) if written else "rows:0:0"
    return Spool(format="parquet", file=tables.SPOOL, columns=columns, rows=written, digest=digest, origin=origin, first_line=2)


def _refuse_bomb(source: Path) -> None:
    try:
        with zipfile.ZipFile(source) as packed:
            entries = packed.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MOST_UNPACKED or any(
                entry.file_size > MOST_RATIO * max(entry.compress_size, 10_000) for entry in entries
            ):
                raise Invalid("collect.file.bomb", msgid("The file unpacks to far more than it says. It was not opened."))
            if "xl/workbook.xml" not in packed.namelist():
                raise Invalid(
                    "collect.file.kind", msgid("This is no file that can be landed. Send CSV, Excel (.xlsx), JSON or Parquet.")
                )
    except zipfile.BadZipFile as error:
        raise Invalid(
            "collect.file.cut_off", msgid("The file ends in the middle. It was not sent whole; please send it again.")
        ) from error


def _rows(packed: zipfile.ZipFile) -> Iterator[list[str | None]]:
    try:
        for row in workbook.rows_of(packed):
            if any(row):
                yield row
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        IndexError,
        OverflowError,
        expat.ExpatError,
        ET.ParseError,
    ) as error:
        raise Invalid(
            "collect.file.unreadable", msgid("The file cannot be read: %(reason)s"), reason=str(error)[:200]
        ) from error
