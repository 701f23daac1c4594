"""Lineage as a drawing made on the server: tables in columns from source to theme, edges as curves. x in per cent, y in pixels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hunhe.hub.lake.shapes import Derivation
from hunhe.hub.themes.plans import PREFIX

ROW, TOP, WIDTH = 76, 8, 20.0


@dataclass(frozen=True, slots=True)
class Node:
    """One table. x, y: its left upper corner; kind: source, base, theme or here."""

    table: str
    name: str
    kind: str
    url: str
    x: str
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """height: pixels; edges: SVG paths; columns: the same tables as lists from left to right, for narrow screens."""

    height: int
    nodes: tuple[Node, ...]
    edges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a table is called and where it is shown."""

    name: str
    url: str = ""


def draw(tables: Iterable[str], made: Mapping[str, Derivation], known: Mapping[str, Known]) -> Drawing:
    """These tables and all they rest on, each one column right of the last it reads from."""
    here = set(tables)
    above = _above(here, made)
    depth: dict[str, int] = {}
    for table in above:
        _depth(table, above, depth)
    layers: dict[int, list[str]] = {}
    for table in sorted(depth, key=lambda one: (depth[one], one)):
        layers.setdefault(depth[table], []).append(table)
    last = max(layers, default=0)
    tallest = max((len(layer) for layer in layers.values()), default=0)
    places: dict[str, tuple[float, int]] = {}
    for level, layer in layers.items():
        x = 0.0 if not last else (100 - WIDTH) * level / last
        start = TOP + (tallest - len(layer)) * ROW // 2
        places |= {table: (x, start + number * ROW) for number, table in enumerate(layer)}
    nodes = tuple(_node(table, places[table], known.get(table, Known(table)), table in here) for table in places)
    edges = tuple(_curve(places[source], places[table]) for table in places for source in sorted(above[table]))
    return Drawing(TOP * 2 + tallest * ROW, nodes, edges)


def _above(tables: set[str], made: Mapping[str, Derivation]) -> dict[str, set[str]]:
    """Table → what it reads, for these and everything above them. Links of a base stand behind the base itself."""
    found: dict[str, set[str]] = {}
    waiting = list(tables)
    while waiting:
        table = waiting.pop()
        if table not in found:
            found[table] = {edge.source for edge in made[table].origin.edges} if table in made else set()
            waiting += found[table]
    return found


def _depth(table: str, above: Mapping[str, set[str]], depth: dict[str, int]) -> int:
    if table not in depth:
        depth[table] = 1 + max((_depth(source, above, depth) for source in above[table]), default=-1)
    return depth[table]


def _node(table: str, place: tuple[float, int], known: Known, here: bool) -> Node:
    kind = "here" if here else "theme" if table.startswith(PREFIX) else "base" if table.startswith("base.") else "source"
    return Node(table, known.name, kind, known.url, f"{place[0]:.2f}", place[1])


def _curve(source: tuple[float, int], target: tuple[float, int]) -> str:
    x1, y1, x2, y2 = source[0] + WIDTH, source[1] + ROW // 2 - 8, target[0], target[1] + ROW // 2 - 8
    half = (x1 + x2) / 2
    return f"M{x1:.1f} {y1}C{half:.1f} {y1} {half:.1f} {y2} {x2:.1f} {y2}"
