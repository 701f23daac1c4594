"""Storing files."""

from typing import IO

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.files import models, readers, rules, vault
from hunhe.kernel.files.shapes import StoredFile
from hunhe.stone import clock, ids
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_reader(*, who: Who, purpose: str, may_read: readers.MayRead) -> None:
    """Let a room say who reads the papers it keeps under a purpose, at start: `may_read(who, file id)`. The person whose own
    file it is may always; whoever else stored it only if the room says so.
    """
    readers.register(purpose, may_read)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def store(*, who: Who, name: str, stream: IO[bytes], purpose: str, limit: int = rules.LARGEST) -> StoredFile:
    """Keep a file for the caller; the room that registered `purpose` says who else may read it. limit: bytes.

    Invalid when it is empty, too large, damaged, a bomb, or of a kind that is not taken.
    """
    with vault.receive(stream, limit) as incoming, transaction.atomic():
        row = models.StoredFile.objects.create(
            file_id=ids.new("file"),
            name=rules.safe_name(name),
            media_type=incoming.media_type,
            size=incoming.size,
            digest=incoming.digest,
            purpose=purpose,
            owner=who.on_behalf_of or who.id,
            owner_subject=who.subject_id or "",
            created_at=clock.now(),
        )
        detail = {"purpose": purpose, "digest": incoming.digest, "size": incoming.size}
        audit.record(who=who, act="files.file.stored", object=row.file_id, subject_id=who.subject_id, detail=detail)
        vault.keep(incoming)
    return row.shape()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def remove(*, who: Who, id: str) -> None:
    """Remove a file for good; its content goes too, unless another file has the same. NotFound."""
    with transaction.atomic():
        row = models.StoredFile.objects.select_for_update().filter(file_id=id).first()
        if row is None:
            raise NotFound("files.unknown", msgid("There is no such file, or none that you may open."))
        audit.record(who=who, act="files.file.removed", object=row.file_id, subject_id=row.owner_subject or None)
        digest = row.digest
        row.delete()
        transaction.on_commit(lambda: vault.discard(digest))
