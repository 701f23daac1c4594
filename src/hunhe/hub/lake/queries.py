"""Reading the lake: what is active, which files, look-ups, engines, fenced SELECTs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from hunhe.hub.lake import engine, fence, models, paths, serving, store
from hunhe.hub.lake.shapes import (
    Condition,
    Derivation,
    Holdings,
    Limits,
    Looked,
    Place,
    Reached,
    Select,
    Stretch,
    Version,
)
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from django.db.models import QuerySet


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
def connect_fenced(
    *, who: Who, views: Mapping[str, str], words: Sequence[str] = (), memory: str = "1GB"
) -> "duckdb.DuckDBPyConnection":
    """An engine for models' SQL in a batch process: it has `views` (name → `scan_sql`) and `words` (statements that teach it
    more functions), reads the lake's files and nothing else. Never in a web process."""
    return engine.open_fenced(views, words, memory, store.data().staging, store.data().lake)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def checked_select(*, who: Who, sql: str, names: frozenset[str], words: frozenset[str] = frozenset()) -> str:
    """The SELECT as the parser writes it back, for rules that are run elsewhere; Invalid for anything the fence stops."""
    return fence.checked(sql, names, words)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def read_select(
    *, who: Who, sql: str, columns: Callable[[str], tuple[str, ...] | None], words: frozenset[str] = frozenset()
) -> Select:
    """A model's SELECT: past the fence, with the inputs that its text names and the columns that each of its own rests on.

    `columns(table)` says what a table has, None for no such table. Invalid names what may not stand there or is unknown.
    """
    return fence.read(sql, columns, words)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def version_at(*, who: Who, table: str, at: datetime) -> Version | None:
    """The version that readers followed at a moment; None before the first."""
    row = models.Version.objects.filter(table=table, at__lte=at).order_by("-version").first()
    return store.shape(row) if row is not None else None


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def derivations(*, who: Who) -> tuple[Derivation, ...]:
    """Of every table that was made from others, the version that readers follow with its origin. Two queries."""
    followed = models.Table.objects.filter(name=OuterRef("table"), version=OuterRef("version"))
    return _dated(models.Derivation.objects.filter(Exists(followed)).order_by("table"))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def derived_columns(*, who: Who) -> tuple[tuple[Derivation, tuple[str, ...]], ...]:
    """`derivations`, each with the columns of its version. Three queries."""
    made = {(one.table, one.version): one for one in derivations(who=who)}
    rows = models.Version.objects.filter(table__in=[one.table for one in made.values()], version__in=[v for _, v in made])
    columns = {(row.table, row.version): tuple(row.columns) for row in rows}
    return tuple((one, columns[key]) for key, one in made.items() if key in columns)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def derivation_of(*, who: Who, table: str, version: int) -> Derivation | None:
    """What one version was made from; None for tables that come from outside."""
    return next(iter(_dated(models.Derivation.objects.filter(table=table, version=version))), None)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def lineage(*, who: Who, table: str, column: str = "", down: bool = False) -> tuple[Reached, ...]:
    """Every column that this one rests on (up), or that rests on it (down), in the versions that readers follow; nearest first."""
    found = derivations(who=who)
    return paths.downward(found, table, column) if down else paths.upward(found, table, column)


def _dated(found: "QuerySet[models.Derivation]") -> tuple[Derivation, ...]:
    rows = list(found)
    versions = models.Version.objects.filter(table__in=[row.table for row in rows], version__in={row.version for row in rows})
    moments = {(table, version): at for table, version, at in versions.values_list("table", "version", "at")}
    return tuple(store.derivation(row, moments[row.table, row.version]) for row in rows)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def run_select(
    *,
    who: Who,
    sql: str,
    inputs: Mapping[str, str],
    limits: Limits = Limits(),  # noqa: B008  # frozen
    versions: Mapping[str, int] | None = None,
) -> "pa.Table":
    """Run one fenced SELECT over `inputs` (name in the SQL → table) in a process of its own; `versions`: table → an older one.

    Invalid for anything but one plain SELECT over those names; TooMany when it exceeds `limits`.
    """
    text = fence.checked(sql, frozenset(inputs))
    rows = {name: store.version_row(table, (versions or {}).get(table)) for name, table in inputs.items()}
    paths = [
        str(store.folder_of(row.table) / file.path) for row in rows.values() for file in store.file_rows(row.table, row.version)
    ]
    return fence.run(text, {name: store.scan_of(row) for name, row in rows.items()}, paths, limits, store.data().staging)
