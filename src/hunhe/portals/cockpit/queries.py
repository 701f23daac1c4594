"""What the wall shows, asked of the registry of indicators alone."""

from collections.abc import Sequence

from hunhe.kernel.city import queries as city
from hunhe.kernel.indicators import queries as indicators
from hunhe.kernel.indicators.shapes import Figure
from hunhe.kernel.org import queries as org
from hunhe.portals.cockpit import content
from hunhe.portals.cockpit.shapes import Article, Claimed, Wall
from hunhe.stone.door import Scope, door
from hunhe.stone.who import Who

TILES, MAPS = 6, 4
"""So many places on the wall, and so many choices for its map."""


@door(may="cockpit.may_see", scope=Scope.CITY)
def wall(*, who: Who) -> Wall:
    """Everything on the first cockpit, now. A constant number of queries, whatever the size of the city."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    today, plan = indicators.today(who=asker), content.plan()
    return Wall(
        today=today,
        tiles=_in_order(today.figures, plan.tiles)[:TILES],
        choices=tuple(figure for figure in _in_order(today.figures, plan.maps) if figure.by_district())[:MAPS],
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


@door(may="cockpit.may_see", scope=Scope.CITY)
def figures(*, who: Who) -> tuple[tuple[Figure, ...], dict[str, str]]:
    """All figures in order of registration, and the names of departments."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    return indicators.today(who=asker).figures, _departments(asker)


@door(may="cockpit.may_see", scope=Scope.CITY)
def article(*, who: Who) -> Article:
    """Every claim of the article in its order, with the figures that compute it."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    facts = city.city_facts(who=asker)
    wanted = {name for claim in facts.claims for name in claim.indicators}
    known = [one.id for one in indicators.list_indicators(who=asker) if one.id in wanted]
    sums = indicators.sums(who=asker, ids=known)
    counted = {one.indicator.id: one for one in indicators.readings(who=asker, ids=known)}
    return Article(
        source=facts.source,
        claims=tuple(
            Claimed(
                claim=claim,
                figures=tuple(counted[name] for name in claim.indicators if name in counted),
                sums={name: sums[name] for name in claim.indicators if claim.cumulative and name in sums},
            )
            for claim in facts.claims
        ),
    )


def _in_order(figures: Sequence[Figure], first: Sequence[str]) -> tuple[Figure, ...]:
    """Those named in the plan first, as it orders them; the others after them, as they were registered."""
    rank = {name: number for number, name in enumerate(first)}
    return tuple(sorted(figures, key=lambda figure: rank.get(figure.indicator.id, len(rank))))


def _departments(asker: Who) -> dict[str, str]:
    return {one.code: one.short_name or one.name for one in org.list_departments(who=asker)}
