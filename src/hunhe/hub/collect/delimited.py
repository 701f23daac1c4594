"""Delimited text on its way in: decoded to UTF-8, counted and digested in one streaming pass.

The count of records comes from the bytes (line ends outside quotes), not from the parser, so that the two can be compared.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hunhe.hub.collect import digests
from hunhe.stone.errors import Invalid, msgid

CHUNK = 4 * 1024 * 1024
MOST_HEADER = 256 * 1024
QUOTE, LINE_FEED = 34, 10


@dataclass(frozen=True, slots=True)
class Text:
    """What one pass over a file found. records: header included, blank lines not. digest: of the text before it was decoded."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str
    records: int
    digest: str
    replaced: bool
    packed: bool


def take_in(source: Path, target: Path) -> Text:
    """Copy a CSV (plain or gzip) as UTF-8 to `target`. Invalid when it is cut off, empty or no text."""
    try:
        return _take_in(source, target, "utf-8", "strict")
    except UnicodeDecodeError:
        return _take_in(source, target, "gb18030", "replace")


def _take_in(source: Path, target: Path, encoding: str, errors: str) -> Text:
    digest, counter, replaced = digests.new(), RecordCounter(), False
    decoder = _decoder(encoding, errors)
    with target.open("wb") as out:
        first = True
        for chunk in _chunks(source):
            digest.update(chunk)
            if first:
                chunk, encoding_found = _without_mark(chunk)
                if encoding_found and encoding_found != encoding:
                    decoder = _decoder(encoding_found, "replace")
                first = False
            text = decoder.decode(chunk)
            replaced = replaced or "\ufffd" in text
            data = text.encode()
            counter.add(data)
            out.write(data)
        tail = decoder.decode(b"", True).encode()
        replaced = replaced or bool(tail)
        counter.add(tail)
        out.write(tail)
    columns, delimiter = read_header(target)
    _refuse_cut_off(target, counter, columns, delimiter)
    return Text(target, columns, delimiter, counter.records, digest.digest().hex(), replaced, is_packed(source))


def _decoder(encoding: str, errors: str) -> io.IncrementalNewlineDecoder:
    """Bytes to text with every kind of line end made `\\n`, also across pieces."""
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        stream = gzip.GzipFile(fileobj=file) if is_packed(source) else file
        try:
            while chunk := stream.read(CHUNK):
                yield chunk
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise cut_off() from error


def is_packed(source: Path) -> bool:
    """Whether a file is gzip, whatever its name says."""
    with source.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _without_mark(chunk: bytes) -> tuple[bytes, str]:
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if chunk.startswith(mark):
            return chunk[len(mark) :], encoding
    return chunk, ""


class RecordCounter:
    """Counts records of UTF-8 text fed in pieces: line ends outside quotes, blank lines left out."""

    def __init__(self) -> None:
        self.records = 0
        self.ends_with_line = True
        self._quoted = False
        self._blank = True  # nothing in the open line so far

    def add(self, data: bytes) -> None:
        if not data:
            return
        values = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(values == LINE_FEED)
        if b'"' in data or self._quoted:
            inside = (np.cumsum(values == QUOTE, dtype=np.int64) + self._quoted) & 1
            ends = ends[inside[ends] == 0]
            self._quoted = bool(inside[-1])
        if len(ends):
            starts = np.concatenate(([-1], ends[:-1]))
            lengths = ends - starts - 1
            blank = lengths == 0
            blank[0] = blank[0] and self._blank
            self.records += int(len(ends) - np.count_nonzero(blank))
            self._blank = True
        rest = data[ends[-1] + 1 :] if len(ends) else data
        self._blank = self._blank and not rest
        self.ends_with_line = not rest

    def finish(self) -> int:
        """The number of records, the last one counted even without a line end."""
        if not self._blank:
            self.records += 1
            self._blank = True
        return self.records


def read_header(path: Path) -> tuple[tuple[str, ...], str]:
    """Column headings and delimiter of a UTF-8 CSV."""
    with path.open("rb") as file:
        head = file.read(MOST_HEADER).decode(errors="ignore")
    line = head.lstrip("\n").split("\n", 1)[0]
    if not line.strip() or "\x00" in line:
        raise Invalid("collect.file.empty", msgid("The file has no heading line. The first line must name the columns."))
    delimiter = max(",\t;|", key=lambda sign: (_outside_quotes(line, sign), sign == ","))
    columns = next(csv.reader(io.StringIO(line), delimiter=delimiter))
    return tuple(column.strip().lstrip("\ufeff") for column in columns), delimiter


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _refuse_cut_off(path: Path, counter: RecordCounter, columns: tuple[str, ...], delimiter: str) -> None:
    """A last record without line end and with fewer columns than the heading was not sent whole."""
    ends_with_line = counter.ends_with_line
    counter.finish()
    if ends_with_line or counter.records < 2:
        return
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - MOST_HEADER))
        last = file.read().decode(errors="ignore").rsplit("\n", 1)[-1]
    if _outside_quotes(last, delimiter) < len(columns) - 1 or last.count('"') % 2:
        raise cut_off()


def cut_off() -> Invalid:
    return Invalid("collect.file.cut_off", msgid("The file ends in the middle. It was not sent whole; please send it again."))


def count_again(path: Path, delimiter: str) -> int:
    """Records by Python's CSV reader: slow, for files whose stray quotes mislead the count of line ends."""
    csv.field_size_limit(2**27)
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for row in csv.reader(file, delimiter=delimiter) if row)
