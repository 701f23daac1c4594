"""A DB-API 2.0 module that answers from SQLite and remembers how it was spoken to, for systems that no server stands for."""

import re
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Error, ProgrammingError = sqlite3.Error, sqlite3.ProgrammingError
SESSION = ("SET ", "ALTER SESSION", "BEGIN")


class Module:
    """Stands in for one driver: `calls` are the arguments of connect, `said` the statements in order."""

    Error, ProgrammingError = Error, ProgrammingError

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self.said: list[str] = []
        self.fetched_all: list[str] = []
        self.closed = 0
        self._rows = rows

    def connect(self, *args: Any, **named: Any) -> "Connection":
        self.calls.append((args, named))
        return Connection(self, self._rows)


class Connection:
    def __init__(self, module: Module, rows: list[tuple[Any, ...]]) -> None:
        self._module = module
        self._inner = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None)
        self._inner.execute("CREATE TABLE employment (REG_NO text, 姓名 gbk, wage exact, reg_date day, updated_at moment)")
        self._inner.executemany("INSERT INTO employment VALUES (?, ?, ?, ?, ?)", rows)

    def cursor(self, name: str = "") -> "Cursor":
        return Cursor(self._module, self._inner)

    def close(self) -> None:
        self._module.closed += 1
        self._inner.close()


class Cursor:
    arraysize = 1

    def __init__(self, module: Module, inner: sqlite3.Connection) -> None:
        self._module, self._inner = module, inner.cursor()
        self._last = ""

    @property
    def description(self) -> Any:
        return self._inner.description

    def execute(self, sql: str, values: Any = ()) -> None:
        self._module.said.append(sql)
        self._last = sql
        if not sql.startswith(SESSION):
            self._inner.execute(re.sub(r"%s|:1", "?", sql), [_plain(value) for value in values])

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        return self._inner.fetchmany(size or self.arraysize)

    def fetchall(self) -> list[tuple[Any, ...]]:
        self._module.fetched_all.append(self._last)
        return self._inner.fetchall()

    def close(self) -> None:
        self._inner.close()


def _plain(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else value


sqlite3.register_converter("gbk", lambda data: data.decode().encode("gb18030"))
sqlite3.register_converter("exact", lambda data: Decimal(data.decode()))
sqlite3.register_converter("day", lambda data: date.fromisoformat(data.decode()))
sqlite3.register_converter("moment", lambda data: datetime.fromisoformat(data.decode()))
