"""Serving files: one read-only SQLite file per published version, followed through a link that moves in one step."""

import os
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as quote_url

from hunhe.hub.lake import engine
from hunhe.hub.lake.shapes import Condition, Looked, Place, Stretch
from hunhe.stone.errors import Invalid, NotFound, msgid

ACTIVE = "active.sqlite"
MOST_ROWS = 100
MOST_PASSED = 20_000
_ROWS_A_STEP = 20_000
_KEPT = 3
_kept = threading.local()


def publish(folder: Path, version: int, scan: str, columns: tuple[str, ...], keys: tuple[str, ...], staging: Path) -> Path:
    """Stream a version into its file, index each key, flush it, and move the link. Idempotent per version."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{version}.sqlite"
    draft = folder / f".{version}.{os.getpid()}.draft"
    draft.unlink(missing_ok=True)
    try:
        _fill(draft, scan, columns, keys, staging)
        _flush(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    link = folder / f".{version}.{os.getpid()}.link"
    link.unlink(missing_ok=True)
    link.symlink_to(path.name)
    link.replace(folder / ACTIVE)
    _flush(folder)
    for old in sorted(folder.glob("[0-9]*.sqlite"), key=lambda file: int(file.stem))[:-_KEPT]:
        if old != path:
            old.unlink(missing_ok=True)
    return path


def _fill(path: Path, scan: str, columns: tuple[str, ...], keys: tuple[str, ...], staging: Path) -> None:
    """Rows go key by key in the order of the first key, so that its look-ups touch one page."""
    source = engine.open_engine("512MB", 2, staging)
    kinds = dict(source.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {scan})").fetchall())
    chosen = ", ".join(plain(column, kinds[column]) for column in columns)
    names = ", ".join(engine.name(column) for column in columns)
    target = sqlite3.connect(path, isolation_level=None)
    try:
        target.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536;"
        )
        target.execute(f"CREATE TABLE rows ({', '.join(f'{engine.name(c)} {_affinity(kinds[c])}' for c in columns)}) STRICT")
        order = f" ORDER BY {engine.name(keys[0])}" if keys else ""
        insert = f"INSERT INTO rows ({names}) VALUES ({', '.join('?' * len(columns))})"
        target.execute("BEGIN")
        for batch in source.sql(f"SELECT {chosen} FROM {scan}{order}").to_arrow_reader(_ROWS_A_STEP):
            target.executemany(insert, zip(*(column.to_pylist() for column in batch.columns), strict=True))
        target.execute("COMMIT")
        for number, key in enumerate(keys):
            target.execute(f"CREATE INDEX by_{number} ON rows ({engine.name(key)})")
        target.execute("ANALYZE")
    finally:
        target.close()
        source.close()


def plain(column: str, kind: str) -> str:
    """SQLite keeps numbers and text; dates, decimals and lists become text."""
    text = engine.name(column)
    if kind in ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
        return f"CAST({text} AS BIGINT) AS {text}"
    if kind in ("FLOAT", "DOUBLE", "VARCHAR"):
        return text
    return f"CAST({text} AS VARCHAR) AS {text}"


def _affinity(kind: str) -> str:
    if kind in ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
        return "INTEGER"
    return "REAL" if kind in ("FLOAT", "DOUBLE") else "TEXT"


def active_version(folder: Path) -> int | None:
    """The version that the link names."""
    try:
        return _version_of(os.readlink(folder / ACTIVE))  # noqa: PTH115  # text, not a resolved path
    except FileNotFoundError:
        return None


def _version_of(file: str) -> int:
    return int(file.removesuffix(".sqlite"))


@dataclass(slots=True)
class _Opened:
    """One thread's connection to the active file of a table, and the statements it has checked. mark: the file itself."""

    mark: tuple[int, int]
    version: int
    connection: sqlite3.Connection
    statements: dict[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]


def lookup(folder: str, key: str, value: str | int, columns: tuple[str, ...]) -> Looked:
    """Rows by key from the active file; connection and statement are kept per thread and version."""
    opened = _open_active(folder)
    known = opened.statements.get((key, columns))
    if known is None:
        known = opened.statements[key, columns] = _statement(opened.connection, key, columns)
    statement, names = known
    rows = opened.connection.execute(statement, (value,)).fetchall()
    return Looked(opened.version, tuple([dict(zip(names, row, strict=True)) for row in rows]))


def _statement(connection: sqlite3.Connection, key: str, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """SELECT text for known columns only: SQLite would read an unknown quoted name as a string."""
    have = tuple(row[1] for row in connection.execute("PRAGMA table_info(rows)"))
    indexed = {
        row[2]
        for number in connection.execute("PRAGMA index_list(rows)")
        for row in connection.execute(f"PRAGMA index_info({number[1]})")
    }
    if key not in indexed or not set(have).issuperset(columns):
        raise Invalid("lake.lookup.column", msgid("There is no such column or key."))
    names = columns or have
    chosen = ", ".join(engine.name(column) for column in names)
    return f"SELECT {chosen} FROM rows WHERE {engine.name(key)} = ? LIMIT {MOST_ROWS}", names


def stretch(
    folder: str, columns: tuple[str, ...], conditions: tuple[Condition, ...], after: Place | None, limit: int
) -> Stretch:
    """Up to `limit` matching rows after a place. A version that readers have left is still read while its file stands.

    At most `MOST_PASSED` rows are passed over at once, so that a rare match cannot hold its reader up: there may be fewer
    rows than `limit`, even none, though more follow.
    """
    active = _open_active(folder)
    if after is None or after.version == active.version:
        return _read_on(active.connection, active.version, columns, conditions, after.row if after else 0, limit)
    try:
        older = _connect(folder, f"{after.version}.sqlite")
    except sqlite3.OperationalError as error:
        raise NotFound("lake.serving.left", msgid("The version you were reading is no longer kept. Begin again.")) from error
    try:
        return _read_on(older, after.version, columns, conditions, after.row, limit)
    finally:
        older.close()


def _read_on(
    connection: sqlite3.Connection,
    version: int,
    columns: tuple[str, ...],
    conditions: tuple[Condition, ...],
    row: int,
    limit: int,
) -> Stretch:
    have = {described[1] for described in connection.execute("PRAGMA table_info(rows)")}
    if not have.issuperset((*columns, *(condition.column for condition in conditions))):
        raise Invalid("lake.lookup.column", msgid("There is no such column or key."))
    chosen = ", ".join(engine.name(column) for column in ("rowid", *columns))
    where = "".join(f" AND {_where(condition)}" for condition in conditions)
    values = [value for condition in conditions for value in condition.values]
    found = connection.execute(
        f"SELECT {chosen} FROM rows WHERE rowid > ? AND rowid <= ?{where} ORDER BY rowid LIMIT ?",  # names were checked
        (row, row + MOST_PASSED, *values, limit),
    ).fetchall()
    last: int = connection.execute("SELECT coalesce(max(rowid), 0) FROM rows").fetchone()[0]
    reached = found[-1][0] if len(found) == limit else row + MOST_PASSED
    rows = tuple(dict(zip(columns, line[1:], strict=True)) for line in found)
    return Stretch(version, rows, Place(version, reached) if reached < last else None)


def _where(condition: Condition) -> str:
    column = engine.name(condition.column)
    if condition.operator == "in":
        return f"{column} IN ({', '.join('?' * len(condition.values))})"
    return f"{column} {condition.operator} ?"


def _connect(folder: str, file: str) -> sqlite3.Connection:
    uri = f"file:{quote_url(folder)}/{quote_url(file)}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None, cached_statements=64)


def _open_active(folder: str) -> _Opened:
    try:
        seen = os.stat(f"{folder}/{ACTIVE}")  # noqa: PTH116  # a quarter of pathlib's time on the hot path
    except OSError as error:
        raise NotFound("lake.serving.none", msgid("This data is not published for look-up yet.")) from error
    mark = (seen.st_ino, seen.st_mtime_ns)
    cache: dict[str, _Opened] = _kept.__dict__.setdefault("files", {})
    found = cache.get(folder)
    if found is not None and found.mark == mark:
        return found
    if found is not None:
        found.connection.close()
    target = os.readlink(f"{folder}/{ACTIVE}")  # noqa: PTH115  # text, not a resolved path
    cache[folder] = _Opened(mark, _version_of(target), _connect(folder, target), {})
    return cache[folder]


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
