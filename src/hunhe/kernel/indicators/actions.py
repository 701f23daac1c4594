"""Registering what a room counts; at start, by rooms above."""

from hunhe.kernel.indicators import registry
from hunhe.kernel.indicators.shapes import FindFamily, FindGreyed, Indicator, ReadCut, ReadFigure, ReadHappenings
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_indicator(*, who: Who, indicator: Indicator, read: ReadFigure, by_division: ReadCut | None = None) -> None:
    """At start: the room counts this. `read(who, span)` returns lines whose sum is the value, in a constant number of queries.

    by_division: the same value cut by district, where the lines themselves carry no division; what has no place belongs to
    it too, with an empty division. ValueError for a definition that says too little.
    """
    registry.add(registry.Registered(indicator, read, by_division))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_family(*, who: Who, room: str, find: FindFamily) -> None:
    """At start: the city's content defines indicators of this room. `find()` gives those in force with their readers."""
    registry.families[room] = find


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_greying(*, who: Who, room: str, find: FindGreyed) -> None:
    """At start: `find()` names figures whose ground is withdrawn: id → what is. They keep their last value and are shown grey."""
    registry.greyings[room] = find


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_happenings(*, who: Who, room: str, read: ReadHappenings) -> None:
    """At start: what of a room's day is worth a line on the wall. `read` gives what has `span.start <= at < span.end`, newest
    first, all of it or the newest `MOST_HAPPENINGS`; those of one moment always in the same order."""
    registry.happenings[room] = read
