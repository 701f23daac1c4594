"""How themes look on a page: shapes beside words, names beside tables."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.translation import gettext

from hunhe.hub.lake.shapes import Derivation
from hunhe.hub.themes import drawing, inputs
from hunhe.hub.themes.drawing import Drawing, Known
from hunhe.hub.themes.shapes import Reach, Reached, Run, RunState, Theme, ThemeState
from hunhe.ui.pages import link
from hunhe.ui.shapes import StatusKind
from hunhe.ui.words import say

_THEME: dict[ThemeState, StatusKind] = {
    ThemeState.NEVER: "idle",
    ThemeState.FRESH: "ok",
    ThemeState.STALE: "you",
    ThemeState.FAILED: "late",
    ThemeState.WITHDRAWN: "pause",
    ThemeState.HELD: "pause",
}
_RUN: dict[RunState, StatusKind] = {
    RunState.WAITING: "idle",
    RunState.RUNNING: "run",
    RunState.DONE: "ok",
    RunState.FAILED: "late",
    RunState.HELD: "pause",
}


def kind_of(theme: Theme) -> StatusKind:
    return _THEME[theme.state]


def kind_of_run(run: Run) -> StatusKind:
    return _RUN[run.state]


def rows_of(theme: Theme) -> int:
    return sum(theme.run.rows.values()) if theme.run else 0


def names(themes: Sequence[Theme]) -> dict[str, Known]:
    """Every table by what people call it, and the page that shows it."""
    found = {
        one.table: Known(one.name, link("bases:base", one.table.split(".")[1]) if one.table.startswith("base.") else "")
        for one in inputs.inputs().values()
    }
    for theme in themes:
        found |= {table.table: Known(table.title, link("themes:table", theme.id, table.name)) for table in theme.tables}
    return found


def draw(theme: Theme, themes: Sequence[Theme], derivations: Sequence[Derivation]) -> Drawing:
    """What this theme's tables rest on, as it was run."""
    made = {one.table: one for one in derivations}
    shown = [table.table for table in theme.tables if table.table in made]
    return drawing.draw(shown, made, names(themes))


def columns(themes: Sequence[Theme], derivations: Sequence[Derivation], table: str) -> dict[str, list[str]]:
    """Column → the columns its value rests on, in words; "" for what decides which rows there are."""
    called = names(themes)
    titles = {one.table: one.titles for one in inputs.inputs().values()}
    titles |= {one.table: one.columns for theme in themes for one in theme.tables}
    origin = next((one.origin for one in derivations if one.table == table), None)
    found: dict[str, list[str]] = {}
    for edge in origin.edges if origin else ():
        place = called.get(edge.source, Known(edge.source)).name
        found.setdefault(edge.column, []).append(
            f"{place} · {titles.get(edge.source, {}).get(edge.source_column, edge.source_column)}"
        )
    return {column: list(dict.fromkeys(sources)) for column, sources in found.items()}


def groups(reach: Reach) -> list[tuple[str, str, list[Reached]]]:
    """What is reached, by kind in the order in which the river runs: (kind, its name, things)."""
    heads = {
        "base": gettext("Bases"),
        "theme": gettext("Themes"),
        "indicator": gettext("Indicators"),
        "service": gettext("Services"),
        "consumer": gettext("Consumers"),
    }
    by_kind = {kind: list(found) for kind, found in groupby(reach.found, key=lambda one: one.kind)}
    return [(kind, head, by_kind.get(kind, [])) for kind, head in heads.items()]


def why(theme: Theme) -> str:
    return say(theme.why.text, theme.why.params) if theme.why.text else ""
