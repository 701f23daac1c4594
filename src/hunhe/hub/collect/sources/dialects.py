"""How each kind of database is spoken to: one small class a system, all through its Python DB-API driver.

A dialect names its driver, opens one read-only snapshot, quotes names and says how a column becomes text. Where the
server can hash, it is `Marks` too: each row gets a mark and each key a bucket, so that both sides can be compared.
"""

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import SplitResult, unquote, urlsplit

from hunhe.stone.errors import Invalid, Unavailable, msgid

CONNECT_SECONDS = 10
READ_SECONDS = 300
ROWS_A_FETCH = 20_000
BUCKET_DIGITS = 4
MARK_DIGITS = 15  # 60 bits: sums stay exact in every system


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the table has it; `kind` is the database's own word for its type, empty where it tells none."""

    name: str
    kind: str = ""


class Dialect(ABC):
    """What every system has in common; each method may be said differently."""

    schemes: ClassVar[tuple[str, ...]] = ()
    module: ClassVar[str] = ""
    extra: ClassVar[str] = ""  # of pyproject, where the driver does not come with Hunhe
    quotes: ClassVar[str] = '""'
    placeholder: ClassVar[str] = "%s"
    as_text: ClassVar[bool] = False  # the server sends text, nothing is left to turn into it
    snapshot: ClassVar[tuple[str, ...]] = ()

    def driver(self) -> Any:
        """The driver's module; Unavailable names the extra that brings it."""
        try:
            return importlib.import_module(self.module)
        except ImportError as error:
            message = msgid("The driver %(driver)s is not installed here. Install hunhe[%(extra)s] and collect again.")
            raise Unavailable("collect.source.driver", message, driver=self.module, extra=self.extra) from error

    @abstractmethod
    def connect(self, place: SplitResult, secret: str) -> Any:
        """A connection of the driver."""

    def begin(self, connection: Any) -> None:
        """One read-only snapshot for everything that follows."""
        cursor = connection.cursor()
        for statement in self.snapshot:
            cursor.execute(statement)
        cursor.close()

    def stream(self, connection: Any, sql: str, values: Sequence[Any]) -> Iterator[Sequence[str | None]]:
        """Rows as text, in bounded memory."""
        cursor = self.streaming(connection)
        cursor.execute(sql, list(values))
        while some := cursor.fetchmany(ROWS_A_FETCH):
            yield from some if self.as_text else ([text_of(value) for value in row] for row in some)
        cursor.close()

    def streaming(self, connection: Any) -> Any:
        """A cursor that does not take all rows at once."""
        cursor = connection.cursor()
        cursor.arraysize = ROWS_A_FETCH
        return cursor

    def first(self, connection: Any, sql: str, values: Sequence[Any] = ()) -> Sequence[Any]:
        """The one row of a SELECT that has one."""
        cursor = connection.cursor()
        cursor.execute(sql, list(values))
        row: Sequence[Any] = cursor.fetchall()[0]
        cursor.close()
        return row

    def columns(self, connection: Any, table: str) -> tuple[Column, ...]:
        """The table's columns in their order."""
        cursor = connection.cursor()
        cursor.execute(f"SELECT * FROM {self.table(table)} WHERE 1 = 0")
        found = tuple(Column(entry[0], self.kind_of(connection, entry[1])) for entry in cursor.description or ())
        cursor.fetchall()
        cursor.close()
        return found

    def kind_of(self, connection: Any, code: Any) -> str:
        return str(getattr(code, "name", "") or getattr(code, "__name__", "")).lower()

    def name(self, text: str) -> str:
        """A quoted identifier."""
        before, after = self.quotes[0], self.quotes[1]
        return before + text.replace(after, after * 2) + after

    def sign(self, number: int) -> str:
        """What stands in a statement for its value `number`, from 1."""
        return self.placeholder

    def table(self, text: str) -> str:
        return ".".join(self.name(part) for part in text.split("."))

    def text(self, column: Column) -> str:
        """SQL for a column's value as text; as it is where the driver's values are turned into text here."""
        return self.name(column.name)


class Marks(ABC):
    """What a server that can hash does beside: so that rows can be compared without being sent."""

    @abstractmethod
    def mark(self, texts: Sequence[str]) -> str:
        """SQL for MARK_DIGITS hex digits that change with any of the texts."""

    @abstractmethod
    def bucket(self, texts: Sequence[str]) -> str:
        """SQL for BUCKET_DIGITS hex digits of a key."""

    def beginning(self, text: str, digits: int) -> str:
        """SQL for the first digits of a text."""
        return f"left({text}, {digits})"

    @abstractmethod
    def bucket_sums(self, source: str, digits: int) -> str:
        """SELECT of bucket, rows, sum of marks (as text) over `source`, which has columns b and m."""


def text_of(value: Any) -> str | None:
    """A driver's value as the text that checks read: exact decimals, ISO dates, bytes as the Chinese text they hold."""
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return _decoded(bytes(value))
        case _:
            return str(value.read()) if hasattr(value, "read") else str(value)


def _decoded(value: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.hex()


def of_location(location: str) -> tuple[Dialect, SplitResult]:
    """The dialect that a location's scheme names; a bare path is a SQLite file."""
    place = urlsplit(location)
    found = _known().get(place.scheme or "sqlite")
    if found is None:
        raise Invalid("collect.source.scheme", msgid("No kind of database is called %(scheme)s."), scheme=place.scheme)
    return found, place


def account_of(place: SplitResult) -> dict[str, Any]:
    """Host, port, user and database of a location, those it names."""
    named = {
        "host": place.hostname,
        "port": place.port,
        "user": unquote(place.username) if place.username else None,
        "database": unquote(place.path.strip("/")) or None,
    }
    return {key: value for key, value in named.items() if value is not None}


def _known() -> Mapping[str, Dialect]:
    from hunhe.hub.collect.sources import dialects_open, dialects_untested

    return {scheme: dialect for dialect in (*dialects_open.ALL, *dialects_untested.ALL) for scheme in dialect.schemes}
