"""What the wall shows, asked of the registry of indicators alone."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import Claim
from hunhe.kernel.indicators import queries as indicators
from hunhe.kernel.indicators.shapes import Figure, Happening
from hunhe.kernel.org import queries as org
from hunhe.portals.cockpit import content, models, orders
from hunhe.portals.cockpit.shapes import Article, Claimed, Order, Running, Shown, Wall
from hunhe.stone.door import Scope, door
from hunhe.stone.page import Page, bad_cursor, decode_cursor
from hunhe.stone.who import Who

TILES, MAPS, ORDERS = 6, 4, 2
"""So many places on the wall, so many choices for its map, so many orders beside it."""
PAGE = 30


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
        claims=_claims(asker),
        orders=_running(),
    )


@door(may="cockpit.may_see", scope=Scope.CITY)
def may_watch(*, who: Who) -> None:
    """Nothing: the door alone, for the stream, which shows everybody the same."""


@door(may="cockpit.may_see", scope=Scope.CITY)
def figure(*, who: Who, id: str) -> Shown:
    """One figure with its lines and what belongs beside it. NotFound."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    found = indicators.indicator(who=asker, id=id)
    asked = models.Order.objects.filter(indicator=id).order_by("-asked_at")
    return Shown(
        figure=found,
        departments=_departments(asker),
        claims=_claims(asker).get(id, ()),
        orders=tuple(orders.shape(row) for row in asked[:PAGE]),
    )


@door(may="cockpit.may_see", scope=Scope.CITY)
def happenings(*, who: Who, cursor: str | None = None) -> Page[Happening]:
    """What happened today, newest first."""
    return indicators.happenings(who=Who.system("cockpit", on_behalf_of=who.id), cursor=cursor)


@door(may="cockpit.may_see", scope=Scope.CITY)
def list_orders(*, who: Who, cursor: str | None = None) -> Page[Order]:
    """What was asked about numbers, newest first. One query."""
    rows = models.Order.objects.order_by("-asked_at", "-case_id")
    if cursor:
        at, last = _place(cursor)
        rows = rows.filter(asked_at__lte=at).filter(Q(asked_at__lt=at) | Q(case_id__lt=last))
    found = [orders.shape(row) for row in rows[: PAGE + 1]]
    return Page.of(found, PAGE, key=lambda one: (one.asked_at.isoformat(), one.case_id))


@door(may="cockpit.may_see", scope=Scope.CITY)
def figures(*, who: Who) -> tuple[Shown, ...]:
    """All figures in order of registration, without the orders about them."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    departments, claims = _departments(asker), _claims(asker)
    return tuple(
        Shown(figure=one, departments=departments, claims=claims.get(one.indicator.id, ()), orders=())
        for one in indicators.today(who=asker).figures
    )


@door(may="cockpit.may_see", scope=Scope.CITY)
def departments(*, who: Who) -> dict[str, str]:
    """Short names of departments by code."""
    return _departments(Who.system("cockpit", on_behalf_of=who.id))


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


def _claims(asker: Who) -> dict[str, tuple[Claim, ...]]:
    """What the article says of each indicator, by id."""
    found: dict[str, tuple[Claim, ...]] = {}
    for claim in city.city_facts(who=asker).claims:
        for name in claim.indicators:
            found[name] = (*found.get(name, ()), claim)
    return found


def _running() -> Running:
    """Two queries, whatever runs."""
    rows = models.Order.objects.filter(state__in=orders.OPEN)
    first = rows.order_by("state", "due_at", "case_id")[:ORDERS]
    return Running(count=rows.count(), first=tuple(orders.shape(row) for row in first))


def _place(cursor: str) -> tuple[datetime, str]:
    at, last = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(str(at)), str(last)
    except ValueError as error:
        raise bad_cursor() from error
