"""The sequencer: stores entries, gives each its index, grows the tree, signs checkpoints. One at a time, inside a transaction."""

from collections.abc import Iterator, Sequence
from itertools import count, repeat

from django.conf import settings
from django.db import connection, transaction

from hunhe.kernel.audit import keys, note
from hunhe.kernel.audit.leaves import Leaf, make_leaf, microseconds_now
from hunhe.kernel.audit.merkle import Frontier
from hunhe.kernel.audit.models import Checkpoint, Entry, Tree
from hunhe.kernel.audit.shapes import Checkpoint as CheckpointShape
from hunhe.kernel.audit.shapes import NewEntry

_LOCK = 7_219_384_650_112  # any number, the same in every process of the city
_WIDTH = 32
_INSERT = (
    "INSERT INTO audit_entry (entry_id, leaf_index, at, who, on_behalf_of, department, act, object, salt, key_id,"
    " detail_commitment, detail, leaf_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_NUMBER_PENDING = (
    "UPDATE audit_entry SET leaf_index = numbered.n FROM (SELECT id, %s + row_number() OVER (ORDER BY id) - 1 AS n"
    " FROM audit_entry WHERE leaf_index IS NULL) AS numbered WHERE audit_entry.id = numbered.id"
)


def make_leaves(entries: Sequence[NewEntry]) -> list[Leaf]:
    crypto, at = keys.crypto(), microseconds_now()
    subject_keys = keys.keys_for(entry.subject_id or keys.NOBODY for entry in entries)
    return [make_leaf(crypto, entry, at, subject_keys[entry.subject_id or keys.NOBODY]) for entry in entries]


def insert(leaves: Sequence[Leaf], first_index: int | None = None) -> None:
    """Store leaves, sequenced from `first_index` or waiting for the sequencer."""
    indexes: Iterator[int | None] = repeat(None) if first_index is None else count(first_index)
    rows = [(leaf[0], index, *leaf[1:]) for leaf, index in zip(leaves, indexes, strict=False)]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


def locked_tree() -> Tree:
    """The tree, held by this transaction alone. SQLite: the write lock is held already; PostgreSQL: an advisory lock."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the tree grows only inside a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return tree_now()


def tree_now() -> Tree:
    """The tree as it stands; one not yet begun has its origin already."""
    return Tree.objects.filter(pk=1).first() or Tree(pk=1, size=0, frontier=b"", origin=_origin(), note="")


def frontier_of(tree: Tree) -> Frontier:
    stored = bytes(tree.frontier)
    hashes = [stored[start : start + _WIDTH] for start in range(0, len(stored), _WIDTH)]
    return Frontier(keys.crypto().digest, tree.size, hashes)


def sequence_pending(tree: Tree, frontier: Frontier) -> None:
    """Give every waiting entry its index, in the order of arrival, and grow the frontier by it."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_PENDING, [tree.size])
        if cursor.rowcount == 0:
            return
    new = Entry.objects.filter(leaf_index__gte=tree.size).order_by("leaf_index").values_list("leaf_hash", flat=True)
    frontier.extend(bytes(leaf) for leaf in new.iterator(chunk_size=5000))


def sign_tree(tree: Tree, frontier: Frontier) -> CheckpointShape:
    """Store the grown tree and its signed checkpoint; the same checkpoint when nothing grew."""
    root = frontier.root()
    if frontier.size != tree.size or not tree.note:
        tree.note = note.sign(keys.crypto(), keys.signing_key(), tree.origin, frontier.size, root)
        tree.size, tree.frontier = frontier.size, b"".join(frontier.hashes)
        tree.save()
        Checkpoint.objects.bulk_create(
            [Checkpoint(minute=microseconds_now() // 60_000_000, size=tree.size, root=root, note=tree.note)],
            update_conflicts=True,
            unique_fields=["minute"],
            update_fields=["size", "root", "note"],
        )
    return CheckpointShape(tree.size, root.hex(), tree.note)


def _origin() -> str:
    """Fixed when the log begins: the host it speaks for, and the key it began with."""
    host = settings.HUNHE_ORIGIN.partition("://")[2].rstrip("/") or "hunhe"
    return f"{host}/audit/{keys.crypto().digest(keys.signing_key().public)[:4].hex()}"
