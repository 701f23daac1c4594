"""What rooms do with the log: record, seal, erase."""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction

from hunhe.kernel.audit import checks, denials, keys, sequence, tiles
from hunhe.kernel.audit.models import Entry, SubjectKey
from hunhe.kernel.audit.shapes import Checkpoint, CheckResult, NewEntry, Receipt
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def record(
    *, who: Who, act: str, object: str, subject_id: str | None = None, detail: Mapping[str, object] | None = None
) -> str:
    """Record one act inside the caller's transaction; returns the entry's id.

    object: an opaque reference, never a person's data. detail: JSON values, sealed under the subject's key.
    """
    return record_many(
        who=who, entries=[NewEntry(who=who, act=act, object=object, subject_id=subject_id, detail=detail or {})]
    )[0]


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def record_many(*, who: Who, entries: Sequence[NewEntry]) -> tuple[str, ...]:
    """Record acts of many callers in one insert; returns their ids in order."""
    if not entries:
        return ()
    with transaction.atomic():
        leaves = sequence.make_leaves(entries)
        sequence.insert(leaves)
    return tuple(leaf.entry_id for leaf in leaves)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def record_and_seal(*, who: Who, entries: Sequence[NewEntry]) -> tuple[Receipt, ...]:
    """Record and seal in one go, for a lane's group commit: receipts are true once the caller's transaction is committed."""
    with transaction.atomic():
        tree = sequence.locked_tree()
        frontier = sequence.frontier_of(tree)
        sequence.sequence_pending(tree, frontier)
        leaves = sequence.make_leaves(entries)
        first = frontier.size
        sequence.insert(leaves, first)
        frontier.extend(leaf.hash for leaf in leaves)
        checkpoint = sequence.sign_tree(tree, frontier)
    return tuple(Receipt(leaf.entry_id, leaf.hash.hex(), first + offset, checkpoint.note) for offset, leaf in enumerate(leaves))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def seal_now_in_transaction(*, who: Who) -> Checkpoint:
    """Sequence and sign everything pending inside the caller's transaction; tiles follow with the next `seal`."""
    with transaction.atomic():
        tree = sequence.locked_tree()
        frontier = sequence.frontier_of(tree)
        sequence.sequence_pending(tree, frontier)
        return sequence.sign_tree(tree, frontier)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def seal(*, who: Who) -> Checkpoint:
    """Sequence and sign everything pending, and write the tiles after the commit."""
    denials.flush()
    with transaction.atomic():
        checkpoint = seal_now_in_transaction(who=who)
        transaction.on_commit(tiles.publish)
    return checkpoint


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def seal_if_pending(*, who: Who) -> bool:
    """`seal` when something waits, else only publish what lanes have sealed; what the worker does every second."""
    denials.flush()
    if Entry.objects.filter(leaf_index__isnull=True).exists():
        seal(who=who)
        return True
    tiles.publish()
    return False


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def flush_denied(*, who: Who) -> int:
    """Record refusals that waited for a transaction to end; returns how many."""
    return denials.flush()


@door(may="audit.may_erase_subjects", scope=Scope.CITY)
def erase_subject(*, who: Who, subject_id: str) -> int:
    """Destroy a subject's key: details become unreadable, leaves and proofs stand. Returns how many keys were destroyed."""
    if not subject_id:
        return 0
    with transaction.atomic():
        key = SubjectKey.objects.select_for_update().filter(subject_id=subject_id).first()
        if key is None:
            return 0
        keys.open_key.cache_clear()
        key.subject_id, key.sealed, key.erased_at = None, b"", clock.true_now()
        key.save()
        record(who=who, act=checks.ERASED, object=key.reference)
    return 1


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_check(*, who: Who, name: str, function: Callable[[], Sequence[CheckResult]]) -> None:
    """At start: let `hunhe verify` run one more check; `function` streams and reports each finding by name."""
    checks.register(name, function)
