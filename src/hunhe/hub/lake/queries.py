"""Reading the lake: what is active, which files, look-ups, engines, fenced SELECTs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hunhe.hub.lake import engine, fence, models, serving, store
from hunhe.hub.lake.shapes import Condition, Holdings, Limits, Looked, Place, Stretch, Version
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def active(*, who: Who, table: str) -> Version | None:
    """The version that readers follow; None before the first load."""
    pointer = models.Table.objects.filter(name=table).values_list("version", flat=True).first()
    row = models.Version.objects.filter(table=table, version=pointer).first() if pointer is not None else None
    return store.shape(row) if row is not None else None


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def versions(*, who: Who, table: str, limit: int = 100) -> tuple[Version, ...]:
    """The newest versions of a table, newest first."""
    return tuple(store.shape(row) for row in models.Version.objects.filter(table=table).order_by("-version")[:limit])


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def holdings(*, who: Who) -> Holdings:
    """How many tables have a version in force, and how many versions were made."""
    return Holdings(models.Table.objects.exclude(version=None).count(), models.Version.objects.count())


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def files(*, who: Who, table: str, version: int | None = None) -> tuple[Path, ...]:
    """The Parquet files of a version; none when it has no rows."""
    row = store.version_row(table, version)
    return tuple(store.folder_of(table) / file.path for file in store.file_rows(table, row.version))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def scan_sql(*, who: Who, table: str, version: int | None = None) -> str:
    """What stands after FROM to read a version in DuckDB; typed and empty when it has no rows."""
    return store.scan_of(store.version_row(table, version))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def plain_sql(*, who: Who, table: str, version: int | None = None) -> str:
    """As `scan_sql`, with the values as serving files hold them: numbers and text."""
    row = store.version_row(table, version)
    chosen = ", ".join(serving.plain(column, kind) for column, kind in row.columns.items())
    return f"(SELECT {chosen} FROM {store.scan_of(row)})"


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def connect(*, who: Who, memory: str = "1GB", threads: int = 2) -> "duckdb.DuckDBPyConnection":
    """An engine in memory for a batch process, spilling below the staging folder. Never in a web process."""
    return engine.open_engine(memory, threads, store.data().staging)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def served_version(*, who: Who, table: str) -> int | None:
    """The version that answers look-ups; None while none is published."""
    return serving.active_version(store.data().serving / table)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def answers_by(*, who: Who, table: str, keys: tuple[str, ...]) -> bool:
    """Whether look-ups by all of `keys` read the version in force; also true before the first load, when there is nothing to read."""
    row = models.Table.objects.filter(name=table).first()
    if row is None or row.version is None:
        return True
    return row.serving_version == row.version and set(keys) <= set(row.serving_keys)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def lookup(*, who: Who, table: str, key: str, value: str | int, columns: tuple[str, ...] = ()) -> tuple[Mapping[str, Any], ...]:
    """Rows of the published serving file where `key` equals `value`, at most 100; all columns when none are named."""
    return serving.lookup(store.serving_folder(table), key, value, columns).rows


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def look(*, who: Who, table: str, key: str, value: str | int, columns: tuple[str, ...] = ()) -> Looked:
    """As `lookup`, with the version that was read: for who must say afterwards what an answer rests on."""
    return serving.lookup(store.serving_folder(table), key, value, columns)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def read_on(
    *,
    who: Who,
    table: str,
    columns: tuple[str, ...],
    conditions: tuple[Condition, ...] = (),
    after: Place | None = None,
    limit: int = 100,
) -> Stretch:
    """Rows of the published serving file in the order of its first key, from one version to the end. NotFound when it is gone.

    A stretch may hold fewer rows than `limit`, even none, though more follow: `next` alone tells the end.
    """
    return serving.stretch(store.serving_folder(table), columns, conditions, after, limit)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def checked_select(*, who: Who, sql: str, names: frozenset[str]) -> str:
    """The SELECT as the parser writes it back, for rules that are run elsewhere; Invalid for anything the fence stops."""
    return fence.checked(sql, names)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def run_select(*, who: Who, sql: str, inputs: Mapping[str, str], limits: Limits = Limits()) -> "pa.Table":  # noqa: B008  # frozen
    """Run one fenced SELECT over `inputs` (name in the SQL → table) in a process of its own.

    Invalid for anything but one plain SELECT over those names; TooMany when it exceeds `limits`.
    """
    text = fence.checked(sql, frozenset(inputs))
    rows = {name: store.version_row(table, None) for name, table in inputs.items()}
    paths = [
        str(store.folder_of(row.table) / file.path) for row in rows.values() for file in store.file_rows(row.table, row.version)
    ]
    return fence.run(text, {name: store.scan_of(row) for name, row in rows.items()}, paths, limits, store.data().staging)
