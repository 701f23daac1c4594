"""Whose data a theme may use: its owner needs a right to every column that lineage finds."""

from collections.abc import Iterable

from django.utils.timezone import localdate

from hunhe.hub.catalogue import queries as catalogue
from hunhe.hub.themes import content
from hunhe.hub.themes.inputs import Input, inputs
from hunhe.hub.themes.plans import PREFIX, Plan
from hunhe.hub.themes.shapes import FindRight
from hunhe.stone import clock
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

WHO = Who.system("themes")
finders: list[FindRight] = []


def missing(owner: str, plan: Plan) -> tuple[tuple[str, str], ...]:
    """Columns (table, column) that the theme rests on and its owner has no right to."""
    known = inputs()
    wanted: dict[str, set[str]] = {}
    for edge in plan.edges:
        if edge.source not in plan.steps:
            wanted.setdefault(edge.source, set()).add(edge.source_column)
    return tuple(
        sorted((table, column) for table, columns in wanted.items() for column in columns - _held(owner, table, columns, known))
    )


def _held(owner: str, table: str, columns: set[str], known: dict[str, Input]) -> set[str]:
    if _owner_of(table, known) == owner or _is_free(table):
        return columns
    return {column for found in _given(owner, table) for column in found}


def _owner_of(table: str, known: dict[str, Input]) -> str:
    if table.startswith(PREFIX):
        return content.folder(table.split(".")[1]).model.owner
    return known[table].department


def _is_free(table: str) -> bool:
    """Shared without conditions by its catalogue entry (無條件共享)."""
    try:
        entry = catalogue.resource_by_code(who=WHO, code=table)
    except NotFound:
        return False
    return entry.dataset == table and entry.sharing == "unconditional" and entry.state in ("published", "changing")


def _given(owner: str, table: str) -> Iterable[Iterable[str]]:
    today = localdate(clock.now())
    for one in content.rights():
        if (one.owner, one.table) == (owner, table) and (one.until is None or today <= one.until):
            yield one.columns
    for find in finders:
        yield find(owner, table)
