"""Reading a list of any header: encoding, separator, ragged rows, words that mean “nothing”."""

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hunhe.stone.errors import Invalid, msgid

ENCODINGS = ("utf-8-sig", "gb18030")
SEPARATORS = ",;\t|"
NOTHING = frozenset(
    {
        "",
        "null",
        "none",
        "nan",
        "na",
        "n/a",
        "nil",
        "-",
        "--",
        "\\n",
        "unknown",
        "无",
        "無",
        "不详",
        "不詳",
        "未知",
        "空",
        "暂无",
    }
)

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class List:
    """A list as read: column names and, per column, the cells as trimmed text or None."""

    names: tuple[str, ...]
    columns: tuple[tuple[str | None, ...], ...]

    @property
    def records(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def column(self, name: str) -> tuple[str | None, ...]:
        return self.columns[self.position(name)]

    def position(self, name: str) -> int:
        """Where a column stands, found by its exact name, else regardless of case, space and underscore; Invalid when absent."""
        if name in self.names:
            return self.names.index(name)
        wanted = _plain(name)
        for index, known in enumerate(self.names):
            if _plain(known) == wanted:
                return index
        raise Invalid(
            "bases.list.no_column",
            msgid("The list has no column %(name)s. It has: %(names)s."),
            name=name,
            names=", ".join(self.names),
        )


def read_list(path: Path) -> List:
    """Read a delimited text file with a header row; Invalid says what is wrong and on which line."""
    if not path.is_file():
        raise Invalid("bases.list.no_file", msgid("There is no file %(path)s."), path=path)
    text = _decoded(path)
    if not text.strip():
        raise Invalid("bases.list.empty", msgid("The file %(path)s is empty."), path=path)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_separator(text))
    try:
        header = next((row for row in reader if any(cell.strip() for cell in row)), [])
        names = _names(header)
        rows = [_fitted(row, len(names), reader.line_num) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Invalid(
            "bases.list.malformed",
            msgid("Line %(line)s cannot be read: %(why)s."),
            line=reader.line_num,
            why=error,
        ) from error
    if not rows:
        raise Invalid("bases.list.no_rows", msgid("The list has a header but no rows."))
    return List(names, tuple(tuple(_cell(value) for value in column) for column in zip(*rows, strict=True)))


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if b"\0" in data[:4096]:
        raise Invalid("bases.list.binary", msgid("%(path)s is not a text file. Save it as CSV first."), path=path)
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("bases.list.encoding", msgid("%(path)s is neither UTF-8 nor GB 18030 text."), path=path)


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the most, and equally many, cells."""
    head = list(itertools.islice((line for line in text.splitlines() if line.strip()), 20))

    def evenness(mark: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(head, delimiter=mark)]
        common = max(set(counts), key=counts.count) if counts else 1
        return (counts.count(common) / len(counts) if common > 1 and counts else 0.0, common)

    return max(SEPARATORS, key=evenness)


def _names(header: list[str]) -> tuple[str, ...]:
    names = [cell.strip() or f"column {index}" for index, cell in enumerate(header, start=1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Invalid("bases.list.twice", msgid("The header names a column twice: %(names)s."), names=", ".join(twice))
    return tuple(names)


def _fitted(row: list[str], width: int, line: int) -> list[str]:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise Invalid(
            "bases.list.too_wide",
            msgid("Line %(line)s has %(cells)s cells, the header has %(width)s."),
            line=line,
            cells=len(row),
            width=width,
        )
    return row[:width] + [""] * (width - len(row))


def _cell(value: str) -> str | None:
    trimmed = value.strip()
    return None if trimmed.lower() in NOTHING else trimmed


def _plain(name: str) -> str:
    return "".join(name.lower().replace("_", " ").split())
