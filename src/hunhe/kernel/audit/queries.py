"""What anybody may ask of the log, and what an auditor may read in it."""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from hunhe.kernel.audit import actions, bundles, checks, keys, leaves, note, sequence, tiles
from hunhe.kernel.audit.models import Entry, SubjectKey, Tree
from hunhe.kernel.audit.shapes import Checkpoint, CheckResult, Consistency, LogSize, Proof, Receipt
from hunhe.kernel.audit.shapes import Entry as EntryShape
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.page import Page, bad_cursor, decode_cursor
from hunhe.stone.who import Who

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE = 50


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def checkpoint(*, who: Who) -> Checkpoint:
    """The newest signed checkpoint; NotFound before the first seal."""
    tree = _tree()
    return Checkpoint(tree.size, note.read(tree.note).root.hex(), tree.note)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def verifier_key(*, who: Who) -> str:
    """The log's public key as witnesses and browsers configure it: `name+hash+key` (C2SP signed note)."""
    tree = sequence.tree_now()
    return note.verifier_key(keys.crypto(), tree.origin, keys.signing_key().public)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def receipt(*, who: Who, entry_id: str) -> Receipt:
    """The receipt of a sealed entry under the newest checkpoint; Conflict while it waits to be sealed."""
    return receipts(who=who, entry_ids=[entry_id])[0]


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def receipts(*, who: Who, entry_ids: Sequence[str]) -> tuple[Receipt, ...]:
    """Receipts of many entries in order, all under one checkpoint."""
    found = {
        entry_id: (index, bytes(leaf))
        for entry_id, index, leaf in Entry.objects.filter(entry_id__in=entry_ids).values_list(
            "entry_id", "leaf_index", "leaf_hash"
        )
    }
    tree = _tree() if found else None
    made = []
    for entry_id in entry_ids:
        if entry_id not in found or tree is None:
            raise _no_entry()
        index, leaf = found[entry_id]
        if index is None:
            raise _unsealed()
        made.append(Receipt(entry_id, leaf.hex(), index, tree.note))
    return tuple(made)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def proof(*, who: Who, entry_id: str) -> Proof:
    """Inclusion of an entry in the newest checkpoint's tree, with the bytes under its leaf hash."""
    row = Entry.objects.filter(entry_id=entry_id).first()
    if row is None:
        raise _no_entry()
    if row.leaf_index is None:
        raise _unsealed()
    tree = _tree()
    path = tiles.prover().inclusion(row.leaf_index, tree.size)
    return Proof(
        entry_id=entry_id,
        index=row.leaf_index,
        leaf=bundles.published_text(row),
        leaf_hash=bytes(row.leaf_hash).hex(),
        tree_size=tree.size,
        path=tuple(step.hex() for step in path),
        checkpoint=tree.note,
    )


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def consistency(*, who: Who, old_size: int, new_size: int | None = None) -> Consistency:
    """That the tree of `old_size` is the beginning of the one of `new_size` (default: the newest)."""
    tree = _tree()
    new = tree.size if new_size is None else new_size
    if not 0 <= old_size <= new <= tree.size:
        raise Invalid(
            "audit.consistency.sizes",
            msgid("Give two sizes, the older first, neither larger than %(size)s."),
            size=tree.size,
        )
    return Consistency(old_size, new, tuple(step.hex() for step in tiles.prover().consistency(old_size, new)))


@door(may="audit.may_read_entries", scope=Scope.CITY)
def entries_of(*, who: Who, object: str, cursor: str | None = None) -> Page[EntryShape]:
    """What was recorded about one object, newest first, details opened. The reading is recorded too."""
    return _read(who, Q(object=object), object, cursor)


@door(may="audit.may_read_entries", scope=Scope.CITY)
def list_entries(*, who: Who, cursor: str | None = None) -> Page[EntryShape]:
    """The whole log, newest first, details opened. The reading is recorded too."""
    return _read(who, Q(), "audit", cursor)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def entries_of_subject(*, who: Who, subject_id: str, without: Sequence[str] = (), most: int = 20_000) -> tuple[EntryShape, ...]:
    """What was recorded about one person, newest first, for their own copy: details stay closed. For jobs: reads the whole log.

    without: beginnings of acts to leave out.
    """
    key = SubjectKey.objects.filter(subject_id=subject_id).first() if subject_id else None
    if key is None:
        return ()
    rows = Entry.objects.filter(key_id=key.pk).order_by("-id")
    for beginning in without:
        rows = rows.exclude(act__startswith=beginning)
    return tuple(_shape(row, None) for row in rows[:most])


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def knows_subject(*, who: Who, subject_id: str) -> bool:
    """Whether the log holds readable details about a person."""
    return bool(subject_id) and SubjectKey.objects.filter(subject_id=subject_id).exists()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def log_size(*, who: Who) -> LogSize:
    """How much is sealed and how much waits."""
    sealed = Tree.objects.filter(pk=1).values_list("size", flat=True).first() or 0
    return LogSize(sealed, Entry.objects.filter(leaf_index__isnull=True).count())


@door(may="audit.may_verify", scope=Scope.CITY)
def verify(*, who: Who, witness: Path | None = None) -> tuple[CheckResult, ...]:
    """Check the whole log and every room that registered a check. Minutes on a large log; needs no server."""
    return checks.run(witness)


def _read(who: Who, wanted: Q, object: str, cursor: str | None) -> Page[EntryShape]:
    before = Q() if cursor is None else Q(id__lt=_position(cursor))
    with transaction.atomic():
        rows = list(Entry.objects.filter(wanted & before).order_by("-id")[: _PAGE + 1])
        opened = SubjectKey.objects.in_bulk({row.key_id for row in rows})
        actions.record(who=who, act="audit.entries.read", object=object)
    return Page.of(rows, _PAGE, key=lambda row: (row.id,)).map(lambda row: _shape(row, opened.get(row.key_id)))


def _position(cursor: str) -> int:
    position = decode_cursor(cursor, 1)[0]
    if not isinstance(position, int) or not 0 < position < 1 << 63:
        raise bad_cursor()
    return position


def _shape(row: Entry, key: SubjectKey | None) -> EntryShape:
    subject_id, detail = None, None
    if key is not None and key.erased_at is None:
        with contextlib.suppress(Invalid):  # a changed detail is shown as unreadable; `verify` says why
            secret = keys.open_key(bytes(key.sealed), key.reference)
            subject_id, detail = leaves.open_detail(
                keys.crypto(), secret, row.entry_id, bytes(row.detail), bytes(row.detail_commitment)
            )
    return EntryShape(
        entry_id=row.entry_id,
        index=row.leaf_index,
        at=_EPOCH + timedelta(microseconds=row.at),
        who=row.who,
        on_behalf_of=row.on_behalf_of,
        department=row.department,
        act=row.act,
        object=row.object,
        subject_id=subject_id,
        detail=detail,
    )


def _tree() -> Tree:
    tree = Tree.objects.filter(pk=1).first()
    if tree is None or not tree.note:
        raise NotFound("audit.checkpoint.none", msgid("Nothing has been sealed yet."))
    return tree


def _no_entry() -> NotFound:
    return NotFound("audit.entry.unknown", msgid("The log has no such entry."))


def _unsealed() -> Conflict:
    return Conflict("audit.entry.unsealed", msgid("This entry waits to be sealed. Ask again in a second."))
