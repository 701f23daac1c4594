"""The first sheet of an .xlsx file as rows of text, streamed with expat.

A general reader builds an object per cell and takes a minute for 20,000 rows of inline text; this takes a second. Document
types, and with them entities, are refused.
"""

import datetime
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET
from xml.parsers import expat

from hunhe.stone.errors import Invalid, msgid

CHUNK = 256 * 1024
MOST_COLUMNS = 1000
MOST_PART = 64 * 1024 * 1024  # of parts that are read whole: workbook, styles
MOST_SHARED = 512 * 1024 * 1024
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DATE_SIGN = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_DAY_ZERO = datetime.datetime.fromisoformat("1899-12-30")
_DAY_ZERO_1904 = datetime.datetime.fromisoformat("1904-01-01")


def rows_of(packed: zipfile.ZipFile) -> Iterator[list[str | None]]:
    """Rows with at least one value, as wide as their last value; Invalid for what is no workbook."""
    workbook = _tree(packed, "xl/workbook.xml")
    sheet = _first_sheet(packed, workbook)
    properties = workbook.find(f"{_MAIN}workbookPr")
    epoch = _DAY_ZERO_1904 if properties is not None and properties.get("date1904") in ("1", "true") else _DAY_ZERO
    reader = _Sheet(_shared_strings(packed), _date_styles(packed), epoch)
    with packed.open(sheet) as part:
        yield from reader.rows(part)


def _first_sheet(packed: zipfile.ZipFile, workbook: ET.Element) -> str:
    sheet = next(iter(workbook.iter(f"{_MAIN}sheet")), None)
    if sheet is None:
        raise _broken("no sheet")
    targets = {entry.get("Id"): entry.get("Target", "") for entry in _tree(packed, "xl/_rels/workbook.xml.rels")}
    target = targets.get(sheet.get(_RELATION), "")
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _tree(packed: zipfile.ZipFile, name: str) -> ET.Element:
    with packed.open(name) as part:
        data = part.read(MOST_PART + 1)
    if len(data) > MOST_PART or b"<!DOCTYPE" in data:
        raise _broken(name)
    return ET.fromstring(data)  # noqa: S314  # no document type, so no entities


def _date_styles(packed: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the cell styles that show a number as a date."""
    if "xl/styles.xml" not in packed.namelist():
        return frozenset()
    tree = _tree(packed, "xl/styles.xml")
    custom = {
        int(entry.get("numFmtId", "0")): bool(_DATE_SIGN.search(_QUOTED.sub("", entry.get("formatCode", ""))))
        for entry in tree.iter(f"{_MAIN}numFmt")
    }
    formats = [int(entry.get("numFmtId", "0")) for styles in tree.iter(f"{_MAIN}cellXfs") for entry in styles]
    return frozenset(place for place, number in enumerate(formats) if custom.get(number, number in _BUILT_IN_DATES))


def _shared_strings(packed: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in packed.namelist():
        return []
    if packed.getinfo("xl/sharedStrings.xml").file_size > MOST_SHARED:
        raise _broken("xl/sharedStrings.xml")
    found: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            pieces.clear()
        state["phonetic"] = state["phonetic"] or tag == "rPh"
        state["text"] = tag == "t" and not state["phonetic"]

    def end(tag: str) -> None:
        state["text"] = False
        if tag == "rPh":
            state["phonetic"] = False
        if tag == "si":
            found.append("".join(pieces))

    parser = _parser(start, end, lambda data: pieces.append(data) if state["text"] else None)
    with packed.open("xl/sharedStrings.xml") as part:
        while data := part.read(CHUNK):
            parser.Parse(data, False)  # expat takes it by place
        parser.Parse(b"", True)  # expat takes it by place
    return found


class _Sheet:
    """Collects cells into rows while expat reads."""

    def __init__(self, shared: list[str], dates: frozenset[int], epoch: datetime.datetime) -> None:
        self._shared, self._dates, self._epoch = shared, dates, epoch
        self._row: list[str | None] = []
        self._rows: list[list[str | None]] = []
        self._pieces: list[str] = []
        self._column, self._kind, self._style, self._reading = 0, "", 0, False

    def rows(self, part: IO[bytes]) -> Iterator[list[str | None]]:
        parser = _parser(self._start, self._end, self._data)
        while data := part.read(CHUNK):
            parser.Parse(data, False)  # expat takes it by place
            yield from self._rows
            self._rows.clear()
        parser.Parse(b"", True)  # expat takes it by place
        yield from self._rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            place = attributes.get("r", "")
            self._column = _column(place) if place else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._pieces.clear()
        elif tag in ("v", "t"):
            self._reading = True
        elif tag == "row":
            self._row, self._column = [], -1

    def _data(self, data: str) -> None:
        if self._reading:
            self._pieces.append(data)

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._reading = False
        elif tag == "c" and self._pieces and self._column < MOST_COLUMNS:
            self._row += [None] * (self._column - len(self._row))
            self._row.append(self._value("".join(self._pieces)))
        elif tag == "row" and self._row:
            self._rows.append(self._row)

    def _value(self, text: str) -> str:
        match self._kind:
            case "s":
                return self._shared[int(text)]
            case "b":
                return "true" if text == "1" else "false"
            case "n":
                return self._number(text)
            case _:
                return text

    def _number(self, text: str) -> str:
        if self._style in self._dates:
            moment = self._epoch + datetime.timedelta(days=float(text))
            moment = (moment + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
            return moment.date().isoformat() if moment.time() == datetime.time.min else moment.isoformat(sep=" ")
        if "." in text or "E" in text or "e" in text:
            number = float(text)
            return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
        return text


def _column(place: str) -> int:
    """0 for A, 27 for AB."""
    number = 0
    for sign in place:
        if not sign.isalpha():
            break
        number = number * 26 + ord(sign) - 64
    return number - 1


def _parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], data: Callable[[str], None]
) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*_: object) -> None:
    raise _broken("document type")


def _broken(what: str) -> Invalid:
    return Invalid("collect.file.unreadable", msgid("The file cannot be read: %(reason)s"), reason=what)
