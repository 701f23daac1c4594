"""Reads a list of divisions: CSV with the columns `code,level,name,parent_code`. Pure."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["province", "city", "district", "street", "community"]
LEVELS: tuple[Level, ...] = get_args(Level)
COLUMNS = ("code", "level", "name", "parent_code")


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One division as listed. parent_code is empty at the top."""

    code: str
    level: Level
    name: str
    parent_code: str


def parse_divisions(text: str) -> tuple[DivisionRow, ...]:
    """The rows as listed; from the top down where a child was listed before its parent. ValueError `line N: …` at the first fault.

    Codes are unique, every parent is listed and stands on a higher level, and one row is the city.
    """
    rows = tuple(_rows(text))
    _check_tree(rows)
    place = {row.code: number for number, row in enumerate(rows)}
    orderly = all(place.get(row.parent_code, -1) < number for number, row in enumerate(rows))
    return rows if orderly else tuple(sorted(rows, key=lambda row: LEVELS.index(row.level)))


def root(rows: Iterable[DivisionRow]) -> DivisionRow:
    """The city itself."""
    return next(row for row in rows if row.level == "city")


def _rows(text: str) -> Iterator[DivisionRow]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise ValueError("line 1: the columns must be " + ",".join(COLUMNS))
    try:
        for row in reader:
            code, level, name, parent = ((row[column] or "").strip() for column in COLUMNS)
            if not (code.isascii() and code.isalnum() and len(code) <= 24):
                raise ValueError(f"line {reader.line_num}: “{code}” is not a code of letters and digits")
            if level not in LEVELS:
                raise ValueError(f"line {reader.line_num}: level “{level}” is none of " + ", ".join(LEVELS))
            if not 0 < len(name) <= 120 or any(unicodedata.category(letter) == "Cc" for letter in name):
                raise ValueError(f"line {reader.line_num}: {code} needs a name on one line, of at most 120 characters")
            yield DivisionRow(code, level, name, parent)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error


def _check_tree(rows: tuple[DivisionRow, ...]) -> None:
    height: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        if row.code in height:
            raise ValueError(f"line {line}: {row.code} stands twice")
        height[row.code] = LEVELS.index(row.level)
    for line, row in enumerate(rows, start=2):
        if row.parent_code and row.parent_code not in height:
            raise ValueError(f"line {line}: the parent {row.parent_code} of {row.code} is not listed")
        if row.parent_code and height[row.parent_code] >= height[row.code]:
            raise ValueError(f"line {line}: {row.code} cannot lie below {row.parent_code}")
        if not row.parent_code and row.level not in ("province", "city"):
            raise ValueError(f"line {line}: {row.code} has no parent")
    if Counter(row.level for row in rows)["city"] != 1:
        raise ValueError("line 1: exactly one row must have the level city")
