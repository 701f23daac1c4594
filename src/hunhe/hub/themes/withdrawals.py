"""Columns that are no longer given: what rests on them is not renewed, and says so."""

from collections.abc import Iterable

from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Derivation
from hunhe.hub.themes import models
from hunhe.hub.themes.plans import Plan
from hunhe.hub.themes.shapes import Why
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

WHO = Who.system("themes")
WITHDRAWN = msgid("%(column)s is withdrawn: %(reason)s")
Node = tuple[str, str]


def in_force() -> tuple[models.Withdrawal, ...]:
    return tuple(models.Withdrawal.objects.filter(lifted_at=None).order_by("at"))


def under(plan: Plan) -> models.Withdrawal | None:
    """A withdrawn column that a theme's SQL rests on: itself, or through bases and themes above it."""
    open_ = {(row.table, row.column): row for row in in_force()}
    if not open_:
        return None
    made = {one.table: one for one in lake.derivations(who=WHO)}
    roots = roots_of({(edge.source, edge.source_column) for edge in plan.edges if edge.source not in plan.steps}, made)
    return next((open_[node] for node in sorted(roots) if node in open_), None)


def roots_of(nodes: Iterable[Node], made: dict[str, Derivation]) -> set[Node]:
    """These columns and all that they rest on."""
    found: set[Node] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        table, column = node
        origin = made[table].origin if table in made else None
        edges = origin.edges if origin else ()
        waiting += [(edge.source, edge.source_column) for edge in edges if not column or edge.column in ("", column)]
    return found


def why(row: models.Withdrawal) -> Why:
    return Why(text=WITHDRAWN, params={"column": f"{row.table}.{row.column}", "reason": row.reason})
