"""What open walls show: drawn once for all viewers of one language and map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from hunhe.kernel.indicators.shapes import Figure
from hunhe.kernel.places import queries as places
from hunhe.portals.cockpit import presenting, queries
from hunhe.stone.who import Who

WHO = Who.system("cockpit")


@dataclass(frozen=True, slots=True)
class View:
    """What a viewer looks at: in which language, with which indicator on the map."""

    language: str
    mapped: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page. mark: what it shows; while that stays, the part need not be sent again."""

    mark: object
    html: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One moment. figures: by id, for machines; parts: by view and name."""

    at: datetime
    figures: Mapping[str, Mapping[str, Any]]
    parts: Mapping[View, Mapping[str, Piece]]


def draw(views: Iterable[View]) -> Drawing:
    """One gathering for all, one drawing per view; for a thread that may ask the database."""
    wall, sketch = queries.wall(who=WHO), places.sketch_map(who=WHO)
    now = wall.today.span.now
    parts: dict[View, Mapping[str, Piece]] = {}
    for view in views:
        with translation.override(view.language):
            parts[view] = _pieces(presenting.wall_context(wall, sketch, view.mapped))
    return Drawing(now, {one.indicator.id: _told(one, now) for one in wall.today.figures}, parts)


def _told(figure: Figure, now: datetime) -> dict[str, Any]:
    return {
        "value": figure.value,
        "total": figure.total,
        "whole": figure.whole,
        "as_of": figure.reading.as_of.isoformat() if figure.reading.as_of else None,
        "stale": figure.is_stale(now),
    }


def _pieces(shown: Mapping[str, Any]) -> dict[str, Piece]:
    """Tiles, map, side and river; ages count on by themselves and are no mark."""
    tiles = {f"tile:{tile['id']}": Piece({**tile, "as_of": None}, _render("tile", {"tile": tile})) for tile in shown["tiles"]}
    floes, mapped = [floe["value"] for floe in shown["floes"]], shown["mapped"]
    return tiles | {
        "map": Piece((mapped and mapped["id"], mapped and mapped["stale"], floes), _render("map", shown)),
        "aside": Piece(
            (shown["trouble"], shown["troubles"], shown["orders"], shown["orders_running"], shown["arrivals"]),
            _render("aside", shown),
        ),
        "river": Piece((shown["river"], shown["marks"]), _render("river", shown)),
    }


def _render(part: str, shown: Mapping[str, Any]) -> str:
    return render_to_string(f"cockpit/parts/{part}.html", dict(shown))
