"""Files sent in pieces: each piece is on disk before it is acknowledged, and whoever was cut off asks what is there.

Bytes are written under a lock of the upload's own file, outside any transaction; the row says how many of them count.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from hunhe.hub.collect import digests, models, receiving, rights
from hunhe.hub.collect.shapes import Dataset, Upload
from hunhe.kernel.audit import actions as audit
from hunhe.stone import clock, ids
from hunhe.stone.crypto import profile
from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, TooMany, msgid
from hunhe.stone.who import Who

MOST_PIECE = 8 * 1024 * 1024
MOST_OPEN = 20  # of one department at a time
KEPT = timedelta(days=7)


def within(who: Who, department: str) -> None:
    """A department's own system, or an official of it who may collect."""
    if who.kind == "client" and who.department == department:
        return
    if not who.is_system and not who.holds("collect.may_collect"):
        raise Denied("door.no_permission", msgid("Your posts do not include this. Ask your department's administrator."))
    rights.within(who, department)


def open_upload(who: Who, dataset: Dataset, name: str, size: int, digest: str) -> models.Upload:
    """The open upload of the same file by the same sender, or a new one."""
    digest = digest.lower()
    if not 0 < size <= receiving.MOST_BYTES or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise Invalid("collect.upload.shape", msgid("An upload needs the size of the file and its digest, 64 hex digits."))
    _forget_old(dataset.department)
    known = {"dataset": dataset.id, "sender": who.id, "size": size, "digest": digest, "state": "open"}
    with transaction.atomic():
        row = models.Upload.objects.filter(**known).first()
        if row is not None:
            return row
        if models.Upload.objects.filter(department=dataset.department, state="open").count() >= MOST_OPEN:
            raise TooMany("collect.upload.open", msgid("%(most)s uploads are open. Close some of them first."), most=MOST_OPEN)
        _need_space(size)
        now = clock.now()
        row = models.Upload.objects.create(
            id=ids.new("upl"),
            department=dataset.department,
            name=Path(name).name[:200] or "file",
            opened_at=now,
            changed_at=now,
            **known,
        )
        facts = {"dataset": dataset.id, "size": size, "digest": digest}
        audit.record(who=who, act="collect.upload.opened", object=f"upload:{row.id}", detail=facts)
    return row


def add_piece(row: models.Upload, offset: int, piece: bytes, digest: str) -> models.Upload:
    """Put a piece at its place; the same piece again changes nothing. Not audited piece by piece: closing vouches for all bytes."""
    if not piece or len(piece) > MOST_PIECE:
        raise TooMany("collect.upload.piece", msgid("A piece holds one to %(most)s bytes."), most=MOST_PIECE)
    if profile(settings.HUNHE_CRYPTO).digest(piece).hex() != digest.lower():
        raise Invalid("collect.upload.damaged", msgid("The piece is not the one its digest was made of. Send it again."))
    with _held(row.id) as file:
        row = _open_row(row.id)
        if not 0 <= offset <= row.received or offset + len(piece) > row.size:
            message = msgid("%(received)s bytes are here. Go on from there.")
            raise Conflict("collect.upload.offset", message, received=row.received)
        known = row.received - offset
        file.seek(offset)
        if file.read(min(known, len(piece))) != piece[:known]:
            raise Conflict("collect.upload.other", msgid("Other bytes are here already. Open a new upload for another file."))
        if known < len(piece):
            _append(file, row, piece[known:])
    return row


def _append(file: BinaryIO, row: models.Upload, data: bytes) -> None:
    """On disk first, then counted: bytes past `received` are of a piece that was never acknowledged."""
    file.truncate(row.received)
    file.seek(row.received)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
    row.received, row.changed_at = row.received + len(data), clock.now()
    row.save(update_fields=["received", "changed_at"])


def close(who: Who, row: models.Upload, dataset: Dataset) -> models.Batch:
    """Make the batch, once. The file must be whole and the one whose digest was said."""
    with _held(row.id) as file:
        row = models.Upload.objects.get(pk=row.id)
        if row.state == "closed":
            return models.Batch.objects.get(pk=row.batch)
        row = _open_row(row.id)
        if row.received != row.size:
            message = msgid("%(received)s of %(size)s bytes are here. Send the rest first.")
            raise Conflict("collect.upload.short", message, received=row.received, size=row.size)
        file.truncate(row.size)
        if digests.of_file(_path(row.id)) != row.digest:
            models.Upload.objects.filter(pk=row.id).update(state="refused", changed_at=clock.now())
            _path(row.id).unlink(missing_ok=True)
            raise Invalid("collect.upload.digest", msgid("The file is not the one its digest was made of. Send it anew."))
        batch = receiving.move_in(_path(row.id), row.name)
        with transaction.atomic():
            made = receiving.open_batch(dataset, batch=batch, digest=row.digest, origin=row.name, key=row.id)
            models.Upload.objects.filter(pk=row.id).update(state="closed", batch=made.id, changed_at=clock.now())
            facts = {"dataset": dataset.id, "digest": row.digest, "batch": made.id}
            audit.record(who=who, act="collect.upload.closed", object=f"upload:{row.id}", detail=facts)
    return made


def row_of(who: Who, upload: str) -> models.Upload:
    row = models.Upload.objects.filter(pk=upload).first()
    if row is None or not (who.is_system or who.department == row.department or who.holds(CROSS_DEPARTMENTS)):
        raise NotFound("collect.upload.unknown", msgid("There is no upload %(upload)s."), upload=upload)
    within(who, row.department)
    return row


def shape(row: models.Upload) -> Upload:
    return Upload(**{name: getattr(row, name) for name in Upload.__dataclass_fields__})


def _open_row(upload: str) -> models.Upload:
    row = models.Upload.objects.get(pk=upload)
    if row.state != "open":
        raise Conflict("collect.upload.closed", msgid("This upload is closed."))
    return row


def _path(upload: str) -> Path:
    folder: Path = settings.HUNHE_VAR.staging / "uploads"
    return folder / f"{upload}.part"


@contextmanager
def _held(upload: str) -> Iterator[BinaryIO]:
    """The upload's file, by one process at a time."""
    path = _path(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _need_space(size: int) -> None:
    settings.HUNHE_VAR.staging.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.HUNHE_VAR.staging).free < 3 * size:
        raise TooMany("collect.upload.space", msgid("There is not enough room for this file now. Try again later."))


def _forget_old(department: str) -> None:
    """What nobody went on with for a week makes room."""
    old = models.Upload.objects.filter(department=department, state="open", changed_at__lt=clock.now() - KEPT)
    for row in old[:MOST_OPEN]:
        _path(row.id).unlink(missing_ok=True)
        models.Upload.objects.filter(pk=row.id).update(state="refused")
