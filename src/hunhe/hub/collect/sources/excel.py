"""Excel workbooks: the first sheet with a heading, read row by row; packed bombs are refused before they open."""

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hunhe.hub.collect.sources import tables
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    import duckdb

MOST_UNPACKED = 2 * 1024**3
MOST_RATIO = 100  # sheets of repeated text pack about 30 times
MOST_COLUMNS = 1000


def land(source: Path, folder: Path, engine: "duckdb.DuckDBPyConnection", origin: str) -> Spool:
    """Land the workbook's active sheet. Rows without any value are no rows."""
    _refuse_bomb(source)
    rows = _rows(source)
    header = next(rows, None)
    if header is None or not any(header):
        raise Invalid("collect.file.empty", msgid("The file has no heading line. The first line must name the columns."))
    columns = tuple((heading or "").strip() for heading in header)
    width = max(index + 1 for index, heading in enumerate(columns) if heading)
    columns = columns[:width]
    written = tables.write_rows(folder / tables.SPOOL, columns, (_fit(row, width) for row in rows))
    digest = tables.rows_digest(engine, folder / tables.SPOOL, columns) if written else "rows:0:0"
    return Spool(format="parquet", file=tables.SPOOL, columns=columns, rows=written, digest=digest, origin=origin, first_line=2)


def _fit(row: Sequence[str | None], width: int) -> list[str | None]:
    return list(islice(chain(row, (None,) * width), width))


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


def _rows(source: Path) -> Iterator[list[str | None]]:
    import openpyxl

    try:
        workbook = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        raise _unreadable(error) from error
    try:
        sheet = workbook.active or workbook.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            values = [_text(value) for value in row]
            if any(values):
                yield values
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, SyntaxError, EOFError) as error:
        raise _unreadable(error) from error
    finally:
        workbook.close()


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time.min else value.isoformat(sep=" ")
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value)


def _unreadable(error: Exception) -> Invalid:
    return Invalid("collect.file.unreadable", msgid("The file cannot be read: %(reason)s"), reason=str(error)[:200])
