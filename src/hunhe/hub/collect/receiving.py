"""New batches: numbered per dataset, known again by key or by bytes, their uploads laid in staging before the row exists."""

import shutil
from pathlib import Path
from typing import Protocol

from django.db import transaction

from hunhe.hub.collect import digests, infer, jobs, models, store
from hunhe.hub.collect.contract import is_dataset_id, write_contract
from hunhe.hub.collect.shapes import OPEN, BatchState, Dataset
from hunhe.hub.collect.sources.fetch import RECEIVED
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Invalid, TooMany, msgid

MOST_BYTES = 20 * 1024**3
CHUNK = 1024 * 1024


class Readable(Protocol):
    """An open file or an upload."""

    def read(self, size: int = ..., /) -> bytes: ...


def lay_down(stream: Readable, name: str) -> tuple[str, str]:
    """Copy an upload into the folder of a batch to be; return the batch id and the digest of the bytes."""
    batch = ids.new("bat")
    folder = store.folder_of(batch)
    folder.mkdir(parents=True)
    digest, size = digests.new(), 0
    with (folder / (RECEIVED + Path(name).suffix.lower()[:8])).open("wb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                shutil.rmtree(folder, ignore_errors=True)
                raise TooMany("collect.upload.size", msgid("The file is larger than %(most)s bytes."), most=MOST_BYTES)
            digest.update(chunk)
            out.write(chunk)
    (folder / "origin").write_text(Path(name).name[:200], encoding="utf-8")
    return batch, digest.digest().hex()


def move_in(path: Path, name: str) -> str:
    """Make a file that lies in staging the upload of a batch to be; return the batch id. One step: it is there or it is not."""
    batch = ids.new("bat")
    folder = store.folder_of(batch)
    folder.mkdir(parents=True)
    (folder / "origin").write_text(name, encoding="utf-8")
    path.rename(folder / (RECEIVED + Path(name).suffix.lower()[:8]))
    return batch


def open_batch(
    dataset: Dataset, *, batch: str = "", digest: str = "", origin: str = "", key: str | None = None, enqueue: bool = True
) -> models.Batch:
    """The batch for a delivery: a new one, or the one that the same key or the same bytes made before."""
    with transaction.atomic():
        owner = models.Dataset.objects.select_for_update().get(pk=dataset.id)
        known = _known(dataset, digest, key)
        if known is not None:
            if batch:
                store.forget_files(batch)
            return known
        owner.last_seq += 1
        owner.save(update_fields=["last_seq"])
        row = models.Batch.objects.create(
            id=batch or ids.new("bat"),
            dataset=dataset.id,
            department=dataset.department,
            seq=owner.last_seq,
            state=BatchState.RECEIVED,
            origin=origin or dataset.connection,
            digest=digest,
            request_key=key,
            started_at=clock.now(),
        )
        if enqueue:
            jobs.enqueue(row.id)
    return row


def _known(dataset: Dataset, digest: str, key: str | None) -> models.Batch | None:
    rows = models.Batch.objects.filter(dataset=dataset.id).order_by("-seq")
    if key is not None and (same := rows.filter(request_key=key).first()) is not None:
        if digest and same.digest and same.digest != digest:
            raise Conflict("collect.batch.key", msgid("This key was already used for another file."))
        return same
    if not digest:
        return None
    done = rows.filter(state__in=[*OPEN, BatchState.RECONCILED])
    same = done.first() if dataset.mode == "full" else done.filter(digest=digest).first()
    if same is None or same.digest != digest:
        return None
    same.times_sent += 1
    same.save(update_fields=["times_sent"])
    return same


def dataset_for(dataset_id: str, department: str, path: Path, name: str) -> Dataset:
    """The contract of a dataset; for an unknown id, one inferred from the file and kept for the next."""
    if not is_dataset_id(dataset_id):
        raise Invalid(
            "collect.dataset.id", msgid("“%(dataset)s” is no dataset id: lower-case words joined by dots."), dataset=dataset_id
        )
    if models.Dataset.objects.filter(pk=dataset_id).exists():
        return store.dataset(dataset_id)
    dataset = infer.contract(dataset_id, department, path, name)
    models.Dataset.objects.get_or_create(
        pk=dataset_id,
        defaults={
            "department": dataset.department,
            "name": dataset.name,
            "contract": write_contract(dataset),
            "inferred": True,
        },
    )
    return store.dataset(dataset_id)
