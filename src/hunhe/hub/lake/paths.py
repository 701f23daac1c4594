"""Walking lineage from table to table. Pure."""

from collections.abc import Callable, Iterable, Sequence

from hunhe.hub.lake.shapes import Derivation, Reached

Node = tuple[str, str]


def upward(derivations: Sequence[Derivation], table: str, column: str) -> tuple[Reached, ...]:
    """What a column rests on. What decides about a table's rows is under each of its columns; no column: under any."""
    edges = {one.table: one.origin.edges for one in derivations}

    def above(node: Node) -> Iterable[Node]:
        at, name = node
        return {
            (edge.source, edge.source_column)
            for edge in edges.get(at, ())
            if not name or not edge.column or edge.column == name
        }

    return _walk((table, column), above)


def downward(derivations: Sequence[Derivation], table: str, column: str) -> tuple[Reached, ...]:
    """What rests on a column. A table whose rows it decides is reached whole (column "")."""
    edges = [(one.table, edge) for one in derivations for edge in one.origin.edges]

    def below(node: Node) -> Iterable[Node]:
        at, name = node
        return {(made, edge.column) for made, edge in edges if edge.source == at and (not name or edge.source_column == name)}

    return _walk((table, column), below)


def _walk(start: Node, following: Callable[[Node], Iterable[Node]]) -> tuple[Reached, ...]:
    found: dict[Node, int] = {start: 0}
    wave = [start]
    while wave:
        steps = found[wave[0]] + 1
        wave = sorted({node for one in wave for node in following(one)} - found.keys())
        found.update(dict.fromkeys(wave, steps))
    return tuple(sorted(Reached(steps, *node) for node, steps in found.items() if steps))
