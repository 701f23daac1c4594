"""Doing collection: connections, batches, uploads, rows born here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from hunhe.hub.collect import born, corrections, drifting, models, pipeline, receiving, rights, rules, sealing, store, uploading
from hunhe.hub.collect.shapes import Batch, Connection, Upload
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow.shapes import Case
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("database", "exchange_database", "files", "drop", "rest", "excel")


@door(may="collect.may_set_connections", scope=Scope.CITY)
def set_connection(*, who: Who, name: str, kind: str, location: str, secret: str = "") -> Connection:
    """Say where a system is reached. An empty secret keeps the one that is there."""
    if kind not in KINDS or not location.strip() or len(location) > 500:
        raise Invalid(
            "collect.connection.shape",
            msgid("A connection needs a kind (database, exchange_database, files, drop, rest or excel) and a place."),
        )
    if rules.holds_password(location):
        raise Invalid("collect.connection.password", msgid("Leave the password out of the place; give it as the secret."))
    owner = next(
        (row.department for row in models.Dataset.objects.all() if row.contract["source"].get("connection") == name), None
    )
    if owner is None:
        raise NotFound("collect.connection.unknown", msgid("No contract uses a connection named %(name)s."), name=name)
    rights.within(who, owner)
    with transaction.atomic():
        row = models.Connection.objects.filter(pk=name).first() or models.Connection(name=name)
        row.department, row.kind, row.location, row.set_by, row.set_at = owner, kind, location.strip(), who.id, clock.now()
        row.secret = sealing.seal(secret, name) if secret else row.secret
        row.save()
        audit.record(
            who=who, act="collect.connection.set", object=f"connection:{name}", detail={"kind": kind, "location": location}
        )
    return Connection(name=name, kind=kind, location=row.location, has_secret=bool(row.secret), set_at=row.set_at)


@door(may="collect.may_collect", scope=Scope.CITY)
def collect_now(*, who: Who, dataset: str, key: str | None = None) -> Batch:
    """Fetch a dataset from its source in a process of its own. The same key again is the same batch."""
    contract = store.dataset(dataset)
    rights.within(who, contract.department)
    with transaction.atomic():
        row = receiving.open_batch(contract, key=key)
        _say_received(who, row)
    return store.batch(row)


@door(may="collect.may_collect", scope=Scope.CITY)
def receive_file(*, who: Who, dataset: str, name: str, stream: receiving.Readable, key: str | None = None) -> Batch:
    """Take an upload for a dataset with a contract; it is loaded in a process of its own. Same bytes or key: same batch."""
    contract = store.dataset(dataset)
    rights.within(who, contract.department)
    batch, digest = receiving.lay_down(stream, name)
    with transaction.atomic():
        row = receiving.open_batch(contract, batch=batch, digest=digest, origin=name, key=key)
        _say_received(who, row)
    return store.batch(row)


@door(may=Gate.OFFICIAL, scope=Scope.CITY)
def open_upload(*, who: Who, dataset: str, name: str, size: int, digest: str) -> Upload:
    """Begin to send a file of a dataset in pieces; by its department's system or officials. The same file again: go on with it.

    digest: of the whole file in the city's crypto profile, hex.
    """
    contract = store.dataset(dataset)
    uploading.within(who, contract.department)
    return uploading.shape(uploading.open_upload(who, contract, name, size, digest))


@door(may=Gate.OFFICIAL, scope=Scope.CITY)
def add_piece(*, who: Who, upload: str, offset: int, piece: bytes, digest: str) -> Upload:
    """Put a piece at its place. It is on disk when this returns; Conflict tells from where to go on."""
    return uploading.shape(uploading.add_piece(uploading.row_of(who, upload), offset, piece, digest))


@door(may=Gate.OFFICIAL, scope=Scope.CITY)
def close_upload(*, who: Who, upload: str) -> Batch:
    """All pieces are here: make the batch. Closed again, the same batch."""
    row = uploading.row_of(who, upload)
    return store.batch(uploading.close(who, row, store.dataset(row.dataset)))


@door(may="collect.may_collect", scope=Scope.CITY)
def accept_contract(*, who: Who, dataset: str, contract: Mapping[str, Any] | None = None) -> Batch:
    """Accept how a source's columns have changed; the batch that waited, or a new one, goes on.

    contract: the whole new contract as its file would say it; None when the same one fits the columns as they are now.
    """
    found = store.dataset(dataset)
    rights.within(who, found.department)
    return store.batch(drifting.accept(who, found, contract))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def land_file(*, who: Who, path: Path | str, dataset: str) -> Batch:
    """Land any CSV, Excel, JSON or Parquet file here and now, for batch processes and the command line.

    A dataset without a contract gets one inferred from the file.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFound("collect.file.missing", msgid("There is no file %(path)s."), path=path)
    contract = receiving.dataset_for(dataset, "data_bureau", path, path.name)
    with path.open("rb") as stream:
        batch, digest = receiving.lay_down(stream, path.name)
    with transaction.atomic():
        row = receiving.open_batch(contract, batch=batch, digest=digest, origin=path.name, enqueue=False)
        _say_received(who, row)
    pipeline.run(row)
    return store.batch(store.batch_row(row.id))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def land_rows(*, who: Who, dataset: str, rows: "pa.Table | Sequence[Mapping[str, object]]", key: str) -> Batch:
    """Send rows born in Hunhe the same way as any source's; `key` names the delivery."""
    contract = store.dataset(dataset)
    batch = born.lay_down(rows)
    with transaction.atomic():
        row = receiving.open_batch(contract, batch=batch, origin=who.name or who.id, key=key)
        _say_received(who, row)
    return store.batch(row)


@door(may="collect.may_open_corrections", scope=Scope.CITY)
def open_correction(
    *, who: Who, dataset: str, rule: str, lines: tuple[int, ...] = (), batch_id: str = "", field: str = ""
) -> Case:
    """Send rows back to their source as a case of the procedure `correction`. Without lines: all rows that broke the rule."""
    contract = store.dataset(dataset)
    rights.within(who, contract.department)
    if batch_id and store.batch_row(batch_id).dataset != dataset:
        raise NotFound("collect.batch.unknown", msgid("There is no batch %(batch)s."), batch=batch_id)
    return corrections.open_ticket(who, dataset, rule, lines, batch_id, field)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def run_batch(*, who: Who, batch_id: str) -> Batch:
    """Bring a batch to its end in this process. Only for batch processes: the lake's engine must not live in a web process."""
    pipeline.run(store.batch_row(batch_id))
    return store.batch(store.batch_row(batch_id))


def _say_received(who: Who, row: models.Batch) -> None:
    audit.record(
        who=who,
        act="collect.batch.received",
        object=f"batch:{row.id}",
        detail={"dataset": row.dataset, "origin": row.origin, "times": row.times_sent},
    )
