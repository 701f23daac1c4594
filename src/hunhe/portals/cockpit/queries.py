"""The day's numbers, gathered through the doors of the rooms that own them. A tile, its list and the API share one source."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from hunhe.kernel.org import queries as org
from hunhe.portals.cockpit.parts import collecting, counting, exchanging
from hunhe.portals.cockpit.parts.span import Span
from hunhe.portals.cockpit.shapes import SLOTS, Indicator, IndicatorName, Part, Wall
from hunhe.stone import clock
from hunhe.stone.door import Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

ORDER: tuple[IndicatorName, ...] = ("batches", "loaded", "quarantine_rate", "subjects", "calls", "refused")


@door(may="cockpit.may_see", scope=Scope.CITY)
def wall(*, who: Who) -> Wall:
    """Everything on the first cockpit, now. A constant number of queries, whatever the size of the city."""
    span, parts = _gathered(who)
    indicators = sorted((one for part in parts for one in part.indicators), key=lambda one: ORDER.index(one.name))
    people = next((part for part in parts if part.people), Part())
    return Wall(
        now=span.now,
        day=timezone.localtime(span.now).date(),
        indicators=tuple(indicators),
        people=people.people,
        people_as_of=people.people_as_of,
        slots=tuple(sum(part.slots.get(slot, 0) for part in parts) for slot in range(SLOTS)),
        happenings=tuple(sorted((one for part in parts for one in part.happenings), key=lambda one: one.at, reverse=True)),
    )


@door(may="cockpit.may_see", scope=Scope.CITY)
def indicator(*, who: Who, name: str) -> Indicator:
    """One indicator with the lines it is made of, largest first. NotFound."""
    _, parts = _gathered(who)
    for found in (one for part in parts for one in part.indicators if one.name == name):
        return found
    raise NotFound("cockpit.indicator.unknown", msgid("There is no indicator %(name)s."), name=name)


def _gathered(who: Who) -> tuple[Span, tuple[Part, ...]]:
    """A leader's permission opens this door; the rooms below answer the cockpit, on that person's behalf, with counts only."""
    asker = Who.system("cockpit", on_behalf_of=who.id)
    now = clock.now()
    start = timezone.make_aware(datetime.combine(timezone.localtime(now).date(), time.min))
    span = Span(start, start + timedelta(days=1), now)
    departments = {one.code: one.short_name or one.name for one in org.list_departments(who=asker)}
    return span, (collecting.part(asker, span, departments), counting.part(asker), exchanging.part(asker, span, departments))
