"""What the wall shows, asked of the registry of indicators alone."""

from hunhe.kernel.indicators import queries as indicators
from hunhe.kernel.indicators.shapes import Figure
from hunhe.kernel.org import queries as org
from hunhe.portals.cockpit.shapes import Wall
from hunhe.stone.door import Scope, door
from hunhe.stone.who import Who

TILES = 6


@door(may="cockpit.may_see", scope=Scope.CITY)
def wall(*, who: Who, mapped: str = "") -> Wall:
    """Everything on the first cockpit, now. A constant number of queries, whatever the size of the city. mapped: the id of
    the indicator wanted on the map."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    today = indicators.today(who=asker)
    choices = tuple(figure for figure in today.figures if figure.by_district())
    chosen = next((figure for figure in choices if figure.indicator.id == mapped), choices[0] if choices else None)
    return Wall(today=today, tiles=today.figures[:TILES], mapped=chosen, choices=choices, departments=_departments(asker))


@door(may="cockpit.may_see", scope=Scope.CITY)
def figure(*, who: Who, id: str) -> tuple[Figure, dict[str, str]]:
    """One figure with its lines, and the names of departments. NotFound."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    return indicators.indicator(who=asker, id=id), _departments(asker)


def _departments(asker: Who) -> dict[str, str]:
    return {one.code: one.short_name or one.name for one in org.list_departments(who=asker)}
