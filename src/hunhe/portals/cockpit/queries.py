"""What the wall shows, asked of the registry of indicators alone."""

from collections.abc import Sequence

from hunhe.kernel.indicators import queries as indicators
from hunhe.kernel.indicators.shapes import Figure
from hunhe.kernel.org import queries as org
from hunhe.portals.cockpit import content
from hunhe.portals.cockpit.shapes import Wall
from hunhe.stone.door import Scope, door
from hunhe.stone.who import Who

TILES = 6


@door(may="cockpit.may_see", scope=Scope.CITY)
def wall(*, who: Who) -> Wall:
    """Everything on the first cockpit, now. A constant number of queries, whatever the size of the city."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    today, plan = indicators.today(who=asker), content.plan()
    return Wall(
        today=today,
        tiles=_in_order(today.figures, plan.tiles)[:TILES],
        choices=tuple(figure for figure in _in_order(today.figures, plan.maps) if figure.by_district()),
        departments=_departments(asker),
    )


@door(may="cockpit.may_see", scope=Scope.CITY)
def may_watch(*, who: Who) -> None:
    """Nothing: the door alone, for the stream, which shows everybody the same."""


@door(may="cockpit.may_see", scope=Scope.CITY)
def figure(*, who: Who, id: str) -> tuple[Figure, dict[str, str]]:
    """One figure with its lines, and the names of departments. NotFound."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    return indicators.indicator(who=asker, id=id), _departments(asker)


def _in_order(figures: Sequence[Figure], first: Sequence[str]) -> tuple[Figure, ...]:
    """Those named in the plan first, as it orders them; the others after them, as they were registered."""
    rank = {name: number for number, name in enumerate(first)}
    return tuple(sorted(figures, key=lambda figure: rank.get(figure.indicator.id, len(rank))))


def _departments(asker: Who) -> dict[str, str]:
    return {one.code: one.short_name or one.name for one in org.list_departments(who=asker)}
