"""The city's figures. Whoever asks within a few seconds sees the same ones."""

from collections.abc import Sequence

from hunhe.kernel.indicators import counting, days, registry
from hunhe.kernel.indicators.shapes import Figure, Indicator, Sum, Today
from hunhe.stone import clock
from hunhe.stone.door import Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

SEE = "indicators.may_see"


@door(may=SEE, scope=Scope.CITY)
def list_indicators(*, who: Who) -> tuple[Indicator, ...]:
    """Every definition, in order of registration."""
    return tuple(one.indicator for one in registry.indicators.values())


@door(may=SEE, scope=Scope.CITY)
def indicator(*, who: Who, id: str) -> Figure:
    """One definition with what was just counted for it. NotFound."""
    return readings(who=who, ids=(id,))[0]


@door(may=SEE, scope=Scope.CITY)
def readings(*, who: Who, ids: Sequence[str]) -> tuple[Figure, ...]:
    """Several, in the order asked for. NotFound."""
    for name in ids:
        if name not in registry.indicators:
            raise NotFound("indicators.indicator.unknown", msgid("There is no indicator %(name)s."), name=name)
    return counting.figures(ids)


@door(may=SEE, scope=Scope.CITY)
def today(*, who: Who) -> Today:
    """All figures and happenings of the day, in one gathering; a constant number of queries per room."""
    return counting.today()


@door(may=SEE, scope=Scope.CITY)
def sums(*, who: Who, ids: Sequence[str]) -> dict[str, Sum]:
    """What indicators with period `today` amount to over all days kept, today included. One query more than `readings`."""
    return days.sums(readings(who=who, ids=ids), counting.span_at(clock.now()))
