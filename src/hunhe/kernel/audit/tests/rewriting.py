"""What root on the host can do to a log."""

import shutil

from hunhe.kernel.audit import keys, leaves, merkle, sequence, tiles
from hunhe.kernel.audit.models import Checkpoint, Entry, Tree


def rewrite_history(index: int) -> None:
    """Somebody else did it: all leaves, tree, checkpoints and tiles made anew and signed with the host's own key."""
    Entry.objects.filter(leaf_index=index).update(who="acc_innocent")
    for row in Entry.objects.exclude(leaf_index=None):
        head = (row.who, row.on_behalf_of, row.department, row.act, row.object)
        committed = leaves.head_commitment(keys.crypto(), bytes(row.salt), head)
        text = leaves.leaf_text(row.entry_id, row.at, committed, bytes(row.detail_commitment))
        Entry.objects.filter(pk=row.pk).update(leaf_hash=merkle.leaf_hash(keys.crypto().digest, text.encode()))
    resign(Entry.objects.exclude(leaf_index=None).count())


def resign(size: int) -> None:
    """The first `size` leaves as they lie in the database become the whole signed log."""
    tree = Tree.objects.get()
    frontier = merkle.Frontier(keys.crypto().digest)
    leaf_hashes = Entry.objects.exclude(leaf_index=None).order_by("leaf_index").values_list("leaf_hash", flat=True)
    frontier.extend(bytes(leaf) for leaf in leaf_hashes[:size])
    Checkpoint.objects.all().delete()
    tree.size, tree.note = -1, ""
    sequence.sign_tree(tree, frontier)
    shutil.rmtree(tiles.folder())
    tiles._kept.cache_clear()
    tiles.publish()
