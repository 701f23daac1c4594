"""The tree as files (C2SP tlog-tiles, height 8): tiles of up to 256 hashes, each level 256 times coarser than the one below.

Files are copies: `publish` writes what is missing after a commit, the checkpoint last, and everything can be made again from
the entries. Reading falls back to the entries where a file is not there yet.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from hunhe.kernel.audit import keys, note
from hunhe.kernel.audit.merkle import Frontier, Prover
from hunhe.kernel.audit.models import Entry, Tree
from hunhe.stone.errors import Invalid

HEIGHT = 8
SPAN = 1 << HEIGHT
WIDTH = 32


def folder() -> Path:
    return Path(settings.HUNHE_VAR.audit)


def tile_name(level: int, number: int, width: int = SPAN) -> str:
    """The path of a tile below the log's address: 1234067 becomes x001/x234/067."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    partial = "" if width == SPAN else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{partial}"


def read_tile(level: int, number: int, width: int) -> bytes:
    """At least `width` hashes of a tile: from its file, or from the entries."""
    whole = _whole_tile(folder() / tile_name(level, number))
    if whole is not None:
        return whole
    available = (published_size() >> (HEIGHT * level)) - number * SPAN
    if width <= available < SPAN:
        partial = _from_file(folder() / tile_name(level, number, available))
        if partial is not None:
            return partial
    return from_entries(level, number, width)


def prover() -> Prover:
    return Prover(keys.crypto().digest, _node)


def _node(lo: int, hi: int) -> bytes:
    level, depth = divmod((hi - lo).bit_length() - 1, HEIGHT)
    number, first = divmod(lo >> (HEIGHT * level), SPAN)
    last = first + (1 << depth)
    tile = read_tile(level, number, last)
    return _root(tile[first * WIDTH : last * WIDTH])


def _root(hashes: bytes) -> bytes:
    frontier = Frontier(keys.crypto().digest)
    frontier.extend(hashes[start : start + WIDTH] for start in range(0, len(hashes), WIDTH))
    return frontier.root()


def from_entries(level: int, number: int, width: int) -> bytes:
    """A tile computed without looking at its own file."""
    first = number * SPAN
    if level == 0:
        found = Entry.objects.filter(leaf_index__gte=first, leaf_index__lt=first + width).order_by("leaf_index")
        return b"".join(bytes(leaf) for leaf in found.values_list("leaf_hash", flat=True))
    return b"".join(_root(read_tile(level - 1, child, SPAN)) for child in range(first, first + width))


def _from_file(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@lru_cache(maxsize=2048)
def _kept(path: Path) -> bytes:
    return path.read_bytes()


def _whole_tile(path: Path) -> bytes | None:
    """A full tile never changes: kept in memory once read."""
    try:
        return _kept(path)
    except FileNotFoundError:
        return None


def publish() -> int:
    """Write what the newest checkpoint needs and is not on disk; returns the published size."""
    with _one_publisher():
        tree = Tree.objects.filter(pk=1).first()
        old = published_size()
        if tree is None or not tree.note or tree.size <= old:
            return old
        for level, number, width in tiles_of(tree.size, since=old):
            _write(folder() / tile_name(level, number, width), from_entries(level, number, width))
        for level, number, width in tiles_of(old):
            if width != SPAN and tree.size >> (HEIGHT * level) != number * SPAN + width:
                (folder() / tile_name(level, number, width)).unlink(missing_ok=True)
        _write(folder() / "checkpoint", tree.note.encode())
        return tree.size


def published_size() -> int:
    """The size of the published checkpoint, 0 before the first."""
    text = _from_file(folder() / "checkpoint")
    try:
        return note.read(text.decode()).size if text else 0
    except (Invalid, UnicodeDecodeError):
        return 0


def tiles_of(size: int, since: int = 0) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of each tile of a tree, lowest level first; `since`: only those an older tree did not have whole."""
    level = 0
    while count := size >> (HEIGHT * level):
        for number in range((since >> (HEIGHT * level)) // SPAN, -(-count // SPAN)):
            yield level, number, min(SPAN, count - number * SPAN)
        level += 1


@contextmanager
def _one_publisher() -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "publisher.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: bytes) -> None:
    """Replace a file, synced: after a power cut it is the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
