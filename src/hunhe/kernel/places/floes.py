"""Draws the districts as ice floes: what lies nearer to one seed than to the others, less a channel, corners rounded. Pure."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from hunhe.kernel.places.layout import BOX, Node

SIDE = 1000
CHANNEL = 9.0
ROUND = 16.0
BULGE = 3.2

Point = tuple[float, float]


def outline(points: int = 96) -> list[Point]:
    """The city's rim: a circle grown towards the corners of the box."""
    half = SIDE / 2
    return [
        (half + half * _bulge(math.cos(angle)), half + half * _bulge(math.sin(angle)))
        for angle in (2 * math.pi * n / points for n in range(points))
    ]


def floe(node: Node, others: Iterable[Node]) -> list[Point]:
    """Corners of one district: the rim cut back to the near side of the middle line towards each other district."""
    shape, own = outline(), _at(node)
    for other in others:
        theirs = _at(other)
        distance = math.dist(own, theirs)
        if other.code != node.code and distance:
            normal = ((theirs[0] - own[0]) / distance, (theirs[1] - own[1]) / distance)
            shape = _cut(shape, own, normal, max(distance / 2 - CHANNEL / 2, 0.0))
    return shape


def middle(shape: Sequence[Point]) -> Point:
    """Centre of gravity."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise([*shape, shape[0]]):
        part = x0 * y1 - x1 * y0
        area, x, y = area + part, x + (x0 + x1) * part, y + (y0 + y1) * part
    return (x / (3 * area), y / (3 * area)) if area else shape[0]


def rounded_path(shape: Sequence[Point]) -> str:
    """The polygon as an SVG path; each corner gives way to a curve, at most half of the shorter edge."""
    parts: list[str] = []
    count = len(shape)
    for n, corner in enumerate(shape):
        before, after = _towards(corner, shape[n - 1]), _towards(corner, shape[(n + 1) % count])
        parts.append(f"{'L' if parts else 'M'}{_pair(before)}Q{_pair(corner)} {_pair(after)}")
    return "".join(parts) + "Z"


def river_path(points: Sequence[Point]) -> str:
    """A smooth line through the points (Catmull–Rom as cubic curves)."""
    padded = [points[0], *points, points[-1]]
    parts = [f"M{_pair(points[0])}"]
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        first = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        second = (c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6)
        parts.append(f"C{_pair(first)} {_pair(second)} {_pair(c)}")
    return "".join(parts)


def _cut(shape: Sequence[Point], origin: Point, normal: Point, limit: float) -> list[Point]:
    """The part of a convex polygon not further from `origin` than `limit` along `normal`."""

    def depth(point: Point) -> float:
        return (point[0] - origin[0]) * normal[0] + (point[1] - origin[1]) * normal[1] - limit

    def kept() -> Iterator[Point]:
        for here, there in pairwise([*shape, shape[0]]):
            a, b = depth(here), depth(there)
            if a <= 0:
                yield here
            if (a < 0 < b) or (b < 0 < a):
                share = a / (a - b)
                yield here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])

    return list(kept()) if shape else []


def _towards(corner: Point, neighbour: Point) -> Point:
    length = math.dist(corner, neighbour)
    share = min(ROUND / length, 0.5) if length else 0.0
    return corner[0] + share * (neighbour[0] - corner[0]), corner[1] + share * (neighbour[1] - corner[1])


def _at(node: Node) -> Point:
    return node.seed[0] * SIDE / BOX, node.seed[1] * SIDE / BOX


def _bulge(value: float) -> float:
    return math.copysign(abs(value) ** (2 / BULGE), value)


def _pair(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
