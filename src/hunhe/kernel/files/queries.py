"""Opening files."""

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.files import models, readers, vault
from hunhe.kernel.files.shapes import OpenFile, StoredFile
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, Unavailable, msgid
from hunhe.stone.who import Who


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def file_by_id(*, who: Who, id: str) -> StoredFile:
    """What is known of a file, for those who may have it; else NotFound."""
    return _found(who, id).shape()


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def open_file(*, who: Who, id: str) -> OpenFile:
    """A file's content for those who may have it: the person whose own it is, and whom the room that keeps it lets read it;
    where no room does, whoever stored it. The opening is recorded. The caller closes it.
    """
    row = _found(who, id)
    with transaction.atomic():
        audit.record(who=who, act="files.file.opened", object=row.file_id, subject_id=row.owner_subject or None)
    try:
        return OpenFile(row.shape(), vault.path_of(row.digest).open("rb"))
    except FileNotFoundError as error:
        raise Unavailable("files.content.missing", msgid("The content of this file cannot be read at present.")) from error


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def files_of_subject(*, who: Who, subject_id: str, most: int = 20_000) -> tuple[StoredFile, ...]:
    """The files that a person stored, newest first."""
    rows = models.StoredFile.objects.filter(owner_subject=subject_id).order_by("-id") if subject_id else ()
    return tuple(row.shape() for row in rows[:most])


def _found(who: Who, id: str) -> models.StoredFile:
    """Somebody else's file and no file look the same from outside; the attempt on somebody else's is recorded."""
    row = models.StoredFile.objects.filter(file_id=id.replace("\x00", "")).first()
    if row is None:
        raise _none()
    if not _may_have(who, row):
        audit.record(who=who, act="door.denied", object="files.open_file", detail={"file": row.file_id})
        raise _none()
    return row


def _may_have(who: Who, row: models.StoredFile) -> bool:
    if who.is_system or (who.subject_id and who.subject_id == row.owner_subject):
        return True
    may_read = readers.reader_of(row.purpose)
    return may_read(who, row.file_id) if may_read is not None else who.id == row.owner


def _none() -> NotFound:
    return NotFound("files.unknown", msgid("There is no such file, or none that you may open."))
