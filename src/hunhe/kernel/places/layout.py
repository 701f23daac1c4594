"""Lays out a city's tree of divisions on a plane, by rule alone. Pure and exact: whole numbers after the first rounding.

Seeds: the districts lie in a spiral of even density, or where the city's content says; the children of a division lie in
such a spiral round its seed, inside the disc that is surely its own. A grid cell belongs to the
district whose seed is nearest to the cell's middle, within it to the nearest street, and so on; on equal distance the one
listed first wins. So every cell lies in exactly one division of each level, and every level partitions the city.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hunhe.kernel.city.shapes import DivisionRow

BOX = 1_000_000
"""The plane is a square of this side; the sketch map shows it as 1000."""
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
SPREAD = 0.45
INNER = 0.75

Seed = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """A division below the city, where its seed lies, and what lies in it."""

    code: str
    name: str
    seed: Seed
    children: tuple["Node", ...]


def lay_out(rows: Sequence[DivisionRow], hints: Mapping[str, Seed]) -> tuple[Node, ...]:
    """The city's districts with everything below them. rows: parents before children. hints: seeds of districts, in the box."""
    below = defaultdict[str, list[DivisionRow]](list)
    for row in rows:
        below[row.parent_code].append(row)
    city = next(row.code for row in rows if row.level == "city")
    middle = (BOX // 2, BOX // 2)
    spiral = _spiral(middle, BOX * SPREAD, len(below[city]))
    districts = [(row, hints.get(row.code, seed)) for row, seed in zip(below[city], spiral, strict=True)]
    return tuple(
        _node(row, seed, _room(seed, districts, min(*seed, BOX - seed[0], BOX - seed[1])), below) for row, seed in districts
    )


def find(districts: Sequence[Node], point: Seed) -> tuple[Node, ...]:
    """The chain of divisions over a point, largest first; empty for a city without districts."""
    chain = []
    level = districts
    while level:
        found = level[0] if len(level) == 1 else min(level, key=lambda node: _square(node.seed, point))
        chain.append(found)
        level = found.children
    return tuple(chain)


def _node(row: DivisionRow, seed: Seed, room: float, below: Mapping[str, Sequence[DivisionRow]]) -> Node:
    rows = below.get(row.code, ())
    inside = list(zip(rows, _spiral(seed, room * INNER, len(rows)), strict=True))
    children = tuple(_node(child, at, _room(at, inside, room - math.dist(seed, at)), below) for child, at in inside)
    return Node(row.code, row.name, seed, children)


def _spiral(middle: Seed, radius: float, count: int) -> list[Seed]:
    """Points of even density in a disc, the first nearest to its middle."""
    return [
        (
            middle[0] + round(radius * math.sqrt((n + 0.5) / count) * math.cos(n * GOLDEN_ANGLE)),
            middle[1] + round(radius * math.sqrt((n + 0.5) / count) * math.sin(n * GOLDEN_ANGLE)),
        )
        for n in range(count)
    ]


def _room(seed: Seed, siblings: Iterable[tuple[DivisionRow, Seed]], outer: float) -> float:
    """Radius of the disc round a seed that surely belongs to it: half the way to the nearest sibling, inside the parent's."""
    nearest = min((_square(seed, other) for _, other in siblings if other != seed), default=None)
    return outer if nearest is None else min(math.sqrt(nearest) / 2, outer)


def _square(a: Seed, b: Seed) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
