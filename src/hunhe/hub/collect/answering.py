"""Telling the sender of a delivery what became of it: in the exchange database, or as a signed receipt beside a drop."""

import base64
import json
import os
from pathlib import Path

from django.conf import settings
from django.utils import translation

from hunhe.hub.collect import models, receiving, sealing, store
from hunhe.hub.collect.shapes import BatchState, Dataset
from hunhe.hub.collect.sources import drop, exchange_database
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event, Job
from hunhe.stone import clock
from hunhe.stone.crypto import profile, signing_key_file
from hunhe.stone.who import Who

KIND = "collect.answer"
WHO = Who.system(KIND)
ENDED = (BatchState.RECONCILED, BatchState.REPEATED, BatchState.QUARANTINED, BatchState.FAILED)
LOADED = (BatchState.RECONCILED, BatchState.REPEATED)
LANGUAGE = "zh-hans"  # of the people who look into an exchange database


def register() -> None:
    events.register_job(who=WHO, kind=KIND, handler=handle, atomic=False)
    for state in ENDED:
        events.subscribe(who=WHO, name=f"collect.batch.{state.value}", subscriber="collect.answer", handler=ask)


def ask(event: Event) -> None:
    """An answer is a job of its own: the sender's system may be away for a while."""
    row = models.Batch.objects.filter(pk=event.payload["batch"]).first()
    if row is not None and row.delivery:
        events.enqueue_job(who=WHO, kind=KIND, key=row.id, payload={"batch": row.id})


def handle(job: Job) -> None:
    row = store.batch_row(str(job.payload["batch"]))
    dataset = store.dataset(row.dataset)
    connection = models.Connection.objects.filter(pk=dataset.connection).first()
    if connection is None:
        return
    state = "loaded" if row.state in LOADED else "refused"
    books = store.batch_row(row.same_as) if row.same_as else row
    held = list(models.Quarantine.objects.filter(batch=books.id).order_by("rule", "field"))
    if dataset.kind == "exchange_database":
        secret = sealing.unseal(connection.secret, connection.name)
        waiting = exchange_database.answer(connection.location, secret, row, books, state, _reason(row), held)
    else:
        _write_receipt(dataset, row, books, state, held)
        waiting = drop.waits(dataset, connection.location)
    if waiting:
        receiving.open_batch(dataset, key=f"after {row.id}")


def _reason(row: models.Batch) -> str:
    with translation.override(LANGUAGE):
        return translation.gettext(row.failure_message) % row.failure_detail if row.failure_message else ""


def _write_receipt(dataset: Dataset, row: models.Batch, books: models.Batch, state: str, held: list[models.Quarantine]) -> None:
    """A signed statement for the other side, if the contract names a folder for them; carried back by whoever may."""
    place = dataset.source.get("receipts", "")
    if not place:
        return
    crypto = profile(settings.HUNHE_CRYPTO)
    key = signing_key_file(settings.HUNHE_KEYS, "collect.receipts.key", crypto)
    said = {
        "delivery": row.delivery,
        "dataset": row.dataset,
        "batch": row.id,
        "digest": row.digest,
        "state": state,
        "reason": _reason(row),
        "rows": books.source_rows,
        "loaded": books.loaded,
        "quarantined": books.quarantined,
        "reasons": [{"rule": one.rule, "field": one.field, "rows": one.rows} for one in held],
        "at": (row.finished_at or clock.now()).isoformat(),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    signed = {
        "receipt": text,
        "signature": base64.b64encode(key.sign(text.encode())).decode(),
        "public_key": base64.b64encode(key.public).decode(),
    }
    _write_whole(Path(place) / f"{row.delivery.split(' ')[0].removesuffix(drop.ENDING)}.{row.id}.receipt.json", signed)


def _write_whole(path: Path, content: dict[str, str]) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
