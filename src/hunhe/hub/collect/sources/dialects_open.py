"""SQLite, PostgreSQL, MariaDB and MySQL: read as text that the server makes, with marks it computes."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs
from urllib.parse import quote as quote_url

from hunhe.hub.collect.sources.dialects import (
    BUCKET_DIGITS,
    CONNECT_SECONDS,
    MARK_DIGITS,
    READ_SECONDS,
    Column,
    Dialect,
    Marks,
    account_of,
)
from hunhe.stone.errors import Unavailable, msgid

NOTHING, BETWEEN = 30, 31  # control characters that stand for no value and between two values


class PostgreSQL(Dialect, Marks):
    schemes = ("postgres", "postgresql")
    module = "psycopg"
    as_text = True
    snapshot = (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL datestyle TO ISO",
        "SET LOCAL timezone TO 'Asia/Shanghai'",
        "SET LOCAL bytea_output TO hex",
        f"SET LOCAL statement_timeout TO '{READ_SECONDS}s'",
    )

    def connect(self, place: SplitResult, secret: str) -> Any:
        return self.driver().connect(
            place.geturl(), password=secret or None, connect_timeout=CONNECT_SECONDS, client_encoding="utf-8"
        )

    def streaming(self, connection: Any) -> Any:
        return connection.cursor(name="hunhe")

    def kind_of(self, connection: Any, code: Any) -> str:
        known = connection.adapters.types.get(code)
        return known.name if known is not None else str(code)

    def text(self, column: Column) -> str:
        value = self.name(column.name)
        return f"CAST({value} AS numeric)::text" if column.kind == "money" else f"{value}::text"

    def mark(self, texts: Sequence[str]) -> str:
        return f"left(md5({_joined(texts, 'chr')}), {MARK_DIGITS})"

    def bucket(self, texts: Sequence[str]) -> str:
        return f"left(md5({_joined(texts, 'chr')}), {BUCKET_DIGITS})"

    def bucket_sums(self, source: str, digits: int) -> str:
        total = "sum(('x' || lpad(m, 16, '0'))::bit(64)::bigint)::text"
        return f"SELECT left(b, {digits}), count(*)::text, {total} FROM ({source}) AS s GROUP BY 1"


class MariaDB(Dialect, Marks):
    schemes = ("mysql", "mariadb")
    module = "pymysql"
    quotes = "``"
    as_text = True
    snapshot = (
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    )

    def connect(self, place: SplitResult, secret: str) -> Any:
        socket = parse_qs(place.query).get("unix_socket", [""])[0]
        return self.driver().connect(
            **account_of(place),
            **({"unix_socket": socket} if socket else {}),
            password=secret,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            write_timeout=READ_SECONDS,
        )

    def streaming(self, connection: Any) -> Any:
        return connection.cursor(self.driver().cursors.SSCursor)

    def columns(self, connection: Any, table: str) -> tuple[Column, ...]:
        *schema, name = table.split(".")
        place, values = ("%s", [*schema, name]) if schema else ("database()", [name])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = {place} AND table_name = %s"
                " ORDER BY ordinal_position",
                values,
            )
            return tuple(Column(name, kind.lower()) for name, kind in cursor.fetchall())

    def text(self, column: Column) -> str:
        value = self.name(column.name)
        if column.kind == "bit":
            return f"CAST({value} + 0 AS CHAR)"
        return f"HEX({value})" if "blob" in column.kind or "binary" in column.kind else f"CONVERT({value} USING utf8mb4)"

    def mark(self, texts: Sequence[str]) -> str:
        return f"LEFT(MD5({self._joined(texts)}), {MARK_DIGITS})"

    def bucket(self, texts: Sequence[str]) -> str:
        return f"LEFT(MD5({self._joined(texts)}), {BUCKET_DIGITS})"

    def bucket_sums(self, source: str, digits: int) -> str:
        total = "CAST(SUM(CAST(CONV(m, 16, 10) AS UNSIGNED)) AS CHAR)"
        return f"SELECT LEFT(b, {digits}), CAST(COUNT(*) AS CHAR), {total} FROM ({source}) AS s GROUP BY 1"

    def _joined(self, texts: Sequence[str]) -> str:
        nothing = f"CHAR({NOTHING} USING utf8mb4)"
        return f"CONCAT_WS(CHAR({BETWEEN} USING utf8mb4), {', '.join(f'COALESCE({text}, {nothing})' for text in texts)})"


class SQLite(Dialect, Marks):
    schemes = ("sqlite",)
    module = "sqlite3"
    placeholder = "?"
    as_text = True
    snapshot = ("BEGIN",)

    def connect(self, place: SplitResult, secret: str) -> Any:
        path = place.geturl().removeprefix("sqlite://")
        if not Path(path).is_file():
            raise Unavailable("collect.source.database", msgid("The database cannot be reached."))
        connection = self.driver().connect(
            f"file:{quote_url(path)}?mode=ro", uri=True, isolation_level=None, timeout=CONNECT_SECONDS
        )
        connection.create_function("hunhe_mark", 2, _mark, deterministic=True)
        connection.create_aggregate("hunhe_sum", 1, _Sum)
        return connection

    def columns(self, connection: Any, table: str) -> tuple[Column, ...]:
        rows = connection.execute(f"PRAGMA table_info({self.name(table)})")
        return tuple(Column(row[1], str(row[2]).lower().split("(")[0]) for row in rows)

    def text(self, column: Column) -> str:
        return f"CAST({self.name(column.name)} AS TEXT)"

    def mark(self, texts: Sequence[str]) -> str:
        return f"hunhe_mark({_joined(texts, 'char')}, {MARK_DIGITS})"

    def bucket(self, texts: Sequence[str]) -> str:
        return f"hunhe_mark({_joined(texts, 'char')}, {BUCKET_DIGITS})"

    def beginning(self, text: str, digits: int) -> str:
        return f"substr({text}, 1, {digits})"

    def bucket_sums(self, source: str, digits: int) -> str:
        return f"SELECT substr(b, 1, {digits}), CAST(count(*) AS TEXT), hunhe_sum(m) FROM ({source}) AS s GROUP BY 1"


class _Sum:
    """SUM over marks beyond 64 bits."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, mark: str) -> None:
        self.total += int(mark, 16)

    def finalize(self) -> str:
        return str(self.total)


def _mark(text: str, digits: int) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:digits]


def _joined(texts: Sequence[str], char: str) -> str:
    """Texts as one, in standard SQL; no function call limits how many."""
    return f" || {char}({BETWEEN}) || ".join(f"coalesce({text}, {char}({NOTHING}))" for text in texts)


ALL: tuple[Dialect, ...] = (PostgreSQL(), MariaDB(), SQLite())
