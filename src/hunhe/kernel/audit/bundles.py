"""Entry bundles (C2SP tlog-tiles): the published text of up to 256 leaves, each behind its length in two bytes."""

from hunhe.kernel.audit import keys, leaves
from hunhe.kernel.audit.models import Entry
from hunhe.kernel.audit.tiles import SPAN


def published_text(row: Entry) -> str:
    """The text under a leaf hash, from its row."""
    head = (row.who, row.on_behalf_of, row.department, row.act, row.object)
    committed = leaves.head_commitment(keys.crypto(), bytes(row.salt), head)
    return leaves.leaf_text(row.entry_id, row.at, committed, bytes(row.detail_commitment))


def bundle(number: int, width: int) -> bytes:
    """Bundle `number`, its first `width` leaves."""
    first = number * SPAN
    rows = Entry.objects.filter(leaf_index__gte=first, leaf_index__lt=first + width).order_by("leaf_index")
    texts = [published_text(row).encode() for row in rows]
    return b"".join(len(text).to_bytes(2, "big") + text for text in texts)
