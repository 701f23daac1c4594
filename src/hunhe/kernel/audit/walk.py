"""One pass over every entry in order: leaf from row, tree from leaves, tiles and known roots beside it. Memory stays flat."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hunhe.kernel.audit import keys, leaves, tiles
from hunhe.kernel.audit.findings import Findings
from hunhe.kernel.audit.merkle import Frontier, leaf_hash
from hunhe.kernel.audit.models import Entry, SubjectKey
from hunhe.kernel.audit.tile_check import TileCheck
from hunhe.stone.errors import Invalid

_CHUNK = 2000
_NO_LEAF = b"\0" * tiles.WIDTH


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """A root that somebody remembers for the tree of `size` leaves."""

    size: int
    root: bytes
    source: str


class Walk:
    """`known` must be sorted. After `run`: findings by check, and which known roots agreed or not."""

    def __init__(self, size: int, published: int, known: Iterable[Known]) -> None:
        self.entries, self.details, self.sequence, self.tiles = Findings(), Findings(), Findings(), Findings()
        self.agreed: list[Known] = []
        self.disagreed: list[Known] = []
        self.erased = 0
        self._size = size
        self._published = published
        self._known = iter(known)
        self._next = next(self._known, None)
        self._crypto = keys.crypto()
        self._frontier = Frontier(self._crypto.digest)
        self._tile_check = TileCheck(self._crypto.digest, tiles.folder(), published, self.tiles)

    def run(self) -> None:
        self._meet_known()
        for chunk in _chunks(self._size):
            opened = SubjectKey.objects.in_bulk({row.key_id for row in chunk})
            for row in chunk:
                for missing in range(self._frontier.size, row.leaf_index or 0):
                    self.sequence.add(f"no entry at index {missing}")
                    self._grow(_NO_LEAF)
                self._check_row(row, opened.get(row.key_id))
                self._grow(bytes(row.leaf_hash))
        for missing in range(self._frontier.size, self._size):
            self.sequence.add(f"no entry at index {missing}")
            self._grow(_NO_LEAF)

    def unmet(self) -> list[Known]:
        """Roots remembered for trees larger than this one."""
        return [] if self._next is None else [self._next, *self._known]

    def _grow(self, leaf: bytes) -> None:
        self._frontier.append(leaf)
        self._tile_check.feed(leaf)
        if self._frontier.size == self._published:
            self._tile_check.at_published()
        self._meet_known()

    def _meet_known(self) -> None:
        while self._next is not None and self._next.size == self._frontier.size:
            (self.agreed if self._next.root == self._frontier.root() else self.disagreed).append(self._next)
            self._next = next(self._known, None)

    def _check_row(self, row: Entry, key: SubjectKey | None) -> None:
        head = (row.who, row.on_behalf_of, row.department, row.act, row.object)
        committed = leaves.head_commitment(self._crypto, bytes(row.salt), head)
        text = leaves.leaf_text(row.entry_id, row.at, committed, bytes(row.detail_commitment))
        place = f"entry {row.entry_id} at index {row.leaf_index}"
        if leaf_hash(self._crypto.digest, text.encode()) != bytes(row.leaf_hash):
            self.entries.add(f"{place} is not what its leaf committed to")
        if key is None:
            self.details.add(f"{place} names a key that does not exist")
        elif key.erased_at is not None:
            self.erased += 1
        else:
            self._check_detail(row, key, place)

    def _check_detail(self, row: Entry, key: SubjectKey, place: str) -> None:
        try:
            opened = keys.open_key(bytes(key.sealed), key.reference)
            subject_id, _ = leaves.open_detail(
                self._crypto, opened, row.entry_id, bytes(row.detail), bytes(row.detail_commitment)
            )
        except Invalid:
            self.details.add(f"the detail of {place} was changed or cannot be opened")
            return
        if (subject_id or keys.NOBODY) != key.subject_id:
            self.details.add(f"the detail of {place} belongs to another subject than its key")


def _chunks(size: int) -> Iterator[list[Entry]]:
    """Every sequenced entry, in keyset steps: no cursor stays open while the city runs."""
    after = -1
    while True:
        found = Entry.objects.filter(leaf_index__gt=after, leaf_index__lt=size).order_by("leaf_index")
        chunk = list(found[:_CHUNK])
        if not chunk:
            return
        yield chunk
        after = chunk[-1].leaf_index or 0
