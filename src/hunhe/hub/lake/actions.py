"""Writing the lake: lease, commit, publish."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from hunhe.hub.lake import delta, engine, holder, models, queries, rules, serving, store
from hunhe.hub.lake.shapes import Lease, Mode, Origin, Part, Version
from hunhe.stone import clock, ids
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import pyarrow as pa

TERM = timedelta(minutes=30)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def begin(*, who: Who, table: str) -> Lease:
    """Take the right to write `table`. Conflict while a living writer holds it; a dead one is fenced off."""
    if not rules.is_table_name(table):
        raise Invalid("lake.table.name", msgid("“%(table)s” is no table name."), table=table)
    with transaction.atomic():
        models.Table.objects.get_or_create(name=table, defaults={"life": ids.new("life")})
        row = models.Table.objects.select_for_update().get(name=table)
        if row.held_until is not None and row.held_until > clock.true_now() and holder.is_alive(row.holder):
            raise Conflict("lake.lease.held", msgid("Another batch is writing %(table)s. Try again shortly."), table=table)
        row.token += 1
        row.holder = holder.me()
        row.held_until = clock.true_now() + TERM
        row.save(update_fields=["token", "holder", "held_until"])
    return Lease(table, row.token)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def release(*, who: Who, lease: Lease) -> None:
    """Give the lease back; nothing happens if somebody else holds it by now."""
    models.Table.objects.filter(name=lease.table, token=lease.token).update(held_until=None, holder="")


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def commit(
    *,
    who: Who,
    lease: Lease,
    rows: "pa.RecordBatchReader",
    seq: int,
    mode: Mode,
    batch: str = "",
    origin: Origin | None = None,
) -> Version:
    """Write `rows` as batch `seq` and move the pointer. Sent again after a crash, it finishes what is missing.

    batch: the writer's own name of the batch; after a crash, only rows written under the same name are adopted.
    origin: what the rows were made from, where they come from other tables.
    Conflict when the lease was lost or `seq` is older than what readers already see. Call it outside a transaction:
    the lake must not wait on the transaction database's write lock.
    """
    return _commit((Part(lease, rows, origin),), seq, mode, batch)[0]


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def commit_together(*, who: Who, parts: Sequence[Part], seq: int, batch: str = "") -> tuple[Version, ...]:
    """As `commit`, for several tables made at once, overwritten whole: all their pointers move in one transaction, or none does."""
    return _commit(parts, seq, "overwrite", batch)


def _commit(parts: Sequence[Part], seq: int, mode: Mode, batch: str) -> tuple[Version, ...]:
    written = [_write(part, seq, mode, batch) for part in parts]
    with transaction.atomic():
        made = [one if isinstance(one, models.Version) else _move_pointer(one) for one in written]
    return tuple(store.shape(row) for row in made)


def _write(part: Part, seq: int, mode: Mode, batch: str) -> "models.Version | _Written":
    """The rows in the lake, not yet seen by readers; the version itself where they see this batch already."""
    lease = part.lease
    row = _held(lease)
    now = store.version_row(lease.table, row.version) if row.version is not None else None
    if now is not None and now.seq == seq:
        return now
    if now is not None and now.seq > seq:
        raise Conflict(
            "lake.commit.stale",
            msgid("Batch %(seq)s of %(table)s is older than what is published."),
            seq=seq,
            table=lease.table,
        )
    columns = engine.columns_of(part.rows.schema)
    folder = store.folder_of(lease.table)
    version = _into_delta(folder, part.rows, row, seq, f"{row.life}:{batch}", mode)
    return _Written(part, version, seq, mode, columns, delta.added(folder, version))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def publish_serving(
    *, who: Who, table: str, version: int, keys: tuple[str, ...], columns: tuple[str, ...] | None = None
) -> str:
    """Write `serving/<table>/<version>.sqlite` for look-ups by each of `keys`, then let readers follow it."""
    known = store.version_row(table, version)
    wanted = tuple(known.columns) if columns is None else tuple(dict.fromkeys((*keys, *columns)))
    missing = [column for column in (*keys, *wanted) if column not in known.columns]
    if missing:
        raise Invalid("lake.column.unknown", msgid("%(table)s has no column %(column)s."), table=table, column=missing[0])
    path = serving.publish(store.data().serving / table, version, store.scan_of(known), wanted, keys, store.data().staging)
    models.Table.objects.filter(name=table).update(serving_version=version, serving_keys=list(keys))
    return str(path)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def serve_by(*, who: Who, table: str, keys: tuple[str, ...]) -> int | None:
    """Let look-ups by `keys` be answered too, besides those that are: the version they read, None before the first load."""
    lease = begin(who=who, table=table)
    try:
        row = models.Table.objects.get(name=table)
        if row.version is not None and not queries.answers_by(who=who, table=table, keys=keys):
            wanted = tuple(dict.fromkeys((*row.serving_keys, *keys)))
            publish_serving(who=who, table=table, version=row.version, keys=wanted)
        return row.version
    finally:
        release(who=who, lease=lease)


def _into_delta(folder: Path, rows: "pa.RecordBatchReader", row: models.Table, seq: int, mark: str, mode: Mode) -> int:
    newest = delta.newest(folder)
    step = rules.first_step(newest, row.version, seq, mark)
    if step is rules.Step.ADOPT and newest is not None:
        return newest.version
    base = newest.version if newest is not None else -1
    if step is rules.Step.RESTORE and row.version is not None:
        base = delta.restore(folder, row.version)
    version = delta.write(folder, rows, row.name, seq, mark, mode if row.version is not None else "overwrite")
    if version != base + 1:
        raise Conflict("lake.commit.crossed", msgid("Two batches wrote %(table)s at once. Run this one again."), table=row.name)
    return version


@dataclass(frozen=True, slots=True)
class _Written:
    """A batch that lies in the lake and waits for its pointer."""

    part: Part
    version: int
    seq: int
    mode: Mode
    columns: dict[str, str]
    files: tuple[delta.Added, ...]


def _move_pointer(one: _Written) -> models.Version:
    table, columns, rows = one.part.lease.table, one.columns, 0
    row = _held(one.part.lease)
    alive = models.File.objects.filter(table=table, removed=None)
    if one.mode == "overwrite" or row.version is None:
        alive.update(removed=one.version)
    else:
        before = models.Version.objects.get(table=table, version=row.version)
        columns, rows = {**before.columns, **columns}, before.rows
    models.File.objects.bulk_create(
        models.File(table=table, path=file.path, size=file.size, rows=file.rows, digest=file.digest, added=one.version)
        for file in one.files
    )
    made = models.Version.objects.create(
        table=table,
        version=one.version,
        seq=one.seq,
        columns=columns,
        at=clock.now(),
        rows=rows + sum(file.rows for file in one.files),
    )
    if one.part.origin is not None:
        _keep_origin(table, one.version, one.part.origin)
    row.version = one.version
    row.save(update_fields=["version"])
    return made


def _keep_origin(table: str, version: int, origin: Origin) -> None:
    models.Derivation.objects.create(
        table=table,
        version=version,
        run=origin.run,
        digest=origin.digest,
        inputs=dict(origin.inputs),
        edges=[astuple(edge) for edge in origin.edges],
    )


def _held(lease: Lease) -> models.Table:
    with transaction.atomic():
        row = models.Table.objects.select_for_update().get(name=lease.table)
        if row.token != lease.token:
            raise Conflict("lake.lease.lost", msgid("The right to write %(table)s has passed on."), table=lease.table)
        row.held_until = clock.true_now() + TERM
        row.save(update_fields=["held_until"])
    return row
