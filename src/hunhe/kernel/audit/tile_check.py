"""Compares tile files with the leaves they were made from, in the same pass that reads the leaves."""

from pathlib import Path

from hunhe.kernel.audit.findings import Findings
from hunhe.kernel.audit.merkle import Frontier, Hash
from hunhe.kernel.audit.tiles import HEIGHT, SPAN, WIDTH, tile_name


class TileCheck:
    """Fed every leaf hash in order; holds one unfinished tile per level."""

    def __init__(self, digest: Hash, folder: Path, published: int, findings: Findings) -> None:
        self._digest = digest
        self._folder = folder
        self._published = published
        self._findings = findings
        self._open: list[bytearray] = []
        self._whole: list[int] = []

    def feed(self, leaf: bytes, level: int = 0) -> None:
        if level == len(self._open):
            self._open.append(bytearray())
            self._whole.append(0)
        tile = self._open[level]
        tile += leaf
        if len(tile) == SPAN * WIDTH:
            number = self._whole[level]
            must = (number + 1) * SPAN <= self._published >> (HEIGHT * level)
            self._compare(tile_name(level, number), bytes(tile), must)
            frontier = Frontier(self._digest)
            frontier.extend(bytes(tile[start : start + WIDTH]) for start in range(0, len(tile), WIDTH))
            tile.clear()
            self._whole[level] += 1
            self.feed(frontier.root(), level + 1)

    def at_published(self) -> None:
        """Called when exactly the published tree has been fed: its partial tiles are the unfinished ones."""
        for level, tile in enumerate(self._open):
            if tile:
                self._compare(tile_name(level, self._whole[level], len(tile) // WIDTH), bytes(tile), must=True)

    def _compare(self, name: str, expected: bytes, must: bool) -> None:
        try:
            found = (self._folder / name).read_bytes()
        except FileNotFoundError:
            if must:
                self._findings.add(f"{name} is missing")
            return
        if found != expected:
            slots = range(0, max(len(found), len(expected)), WIDTH)
            first = next(at for at in slots if found[at : at + WIDTH] != expected[at : at + WIDTH])
            self._findings.add(f"{name} differs from the entries, first at hash {first // WIDTH}")
