"""The Merkle tree of RFC 6962 section 2.1, for any digest: pure functions, no I/O.

`n` is a tree size, `m` a leaf index or an older size. `node(lo, hi)` gives the hash over leaves lo ≤ i < hi of a complete
subtree: hi - lo a power of two, lo a multiple of it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Hash = Callable[[bytes], bytes]
Node = Callable[[int, int], bytes]


def leaf_hash(digest: Hash, data: bytes) -> bytes:
    return digest(b"\x00" + data)


def node_hash(digest: Hash, left: bytes, right: bytes) -> bytes:
    return digest(b"\x01" + left + right)


def largest_power_below(n: int) -> int:
    """The largest power of two smaller than n (n > 1): where RFC 6962 splits n leaves."""
    return 1 << ((n - 1).bit_length() - 1)


class Frontier:
    """The right edge of a growing tree: `size` leaves, and one hash per complete subtree, largest first."""

    def __init__(self, digest: Hash, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if size.bit_count() != len(hashes):
            raise ValueError(f"{len(hashes)} hashes cannot be the frontier of {size} leaves")
        self._digest = digest
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash. Amortised one node hash."""
        size, hashes, digest = self.size, self.hashes, self._digest
        while size & 1:
            leaf = digest(b"\x01" + hashes.pop() + leaf)
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The tree hash; of no leaves, the digest of nothing."""
        if not self.hashes:
            return self._digest(b"")
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(self._digest, left, root)
        return root


@dataclass(frozen=True, slots=True)
class Prover:
    """Makes proofs from complete subtrees."""

    digest: Hash
    node: Node

    def range_hash(self, lo: int, hi: int) -> bytes:
        """MTH(D[lo:hi]) where lo is a split point of the recursion."""
        size = hi - lo
        if size & (size - 1) == 0 and lo % size == 0:
            return self.node(lo, hi)
        middle = lo + largest_power_below(size)
        return node_hash(self.digest, self.range_hash(lo, middle), self.range_hash(middle, hi))

    def inclusion(self, m: int, n: int) -> tuple[bytes, ...]:
        """PATH(m, D[n]): the hashes beside the way from leaf m up to the root, lowest first."""
        if not 0 <= m < n:
            raise ValueError(f"leaf {m} is not in a tree of {n}")
        path, lo, hi = [], 0, n
        while hi - lo > 1:
            middle = lo + largest_power_below(hi - lo)
            if m < middle:
                path.append((middle, hi))
                hi = middle
            else:
                path.append((lo, middle))
                lo = middle
        return tuple(self.range_hash(*part) for part in reversed(path))

    def consistency(self, m: int, n: int) -> tuple[bytes, ...]:
        """PROOF(m, D[n]): that the first m leaves of n are the tree of size m."""
        if not 0 <= m <= n:
            raise ValueError(f"a tree of {m} is not older than one of {n}")
        if m in (0, n):
            return ()
        parts: list[tuple[int, int]] = []
        lo, hi = 0, n
        while m != hi:
            middle = lo + largest_power_below(hi - lo)
            if m <= middle:
                parts.append((middle, hi))
                hi = middle
            else:
                parts.append((lo, middle))
                lo = middle
        if lo > 0:
            parts.append((lo, hi))
        return tuple(self.range_hash(*part) for part in reversed(parts))


def root_from_inclusion(digest: Hash, m: int, n: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to, None when the path cannot be one (RFC 9162 section 2.1.3.2)."""
    if not 0 <= m < n:
        return None
    here, last, root = m, n - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            root = node_hash(digest, beside, root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            root = node_hash(digest, root, beside)
        here, last = here >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(digest: Hash, m: int, n: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree (n, new) continues (m, old), by RFC 9162 section 2.1.4.2."""
    if m in (0, n):
        return not path and (m < n or old == new)
    if not 0 < m < n or not path:
        return False
    here, last = m - 1, n - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    rest = list(path) if m & (m - 1) else [old, *path]
    first = second = rest[0]
    for beside in rest[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(digest, beside, first), node_hash(digest, beside, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(digest, second, beside)
        here, last = here >> 1, last >> 1
    return first == old and second == new and last == 0
