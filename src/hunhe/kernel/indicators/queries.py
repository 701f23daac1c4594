"""The city's figures. Whoever asks within a few seconds sees the same ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from hunhe.kernel.indicators import counting, days, registry
from hunhe.kernel.indicators.shapes import Figure, Happening, Indicator, Sum, Today
from hunhe.stone import clock
from hunhe.stone.door import Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, bad_cursor, decode_cursor, encode_cursor
from hunhe.stone.who import Who

SEE = "indicators.may_see"
PAGE = 30


@door(may=SEE, scope=Scope.CITY)
def list_indicators(*, who: Who) -> tuple[Indicator, ...]:
    """Every definition, in order of registration."""
    return tuple(one.indicator for one in registry.in_force().values())


@door(may=SEE, scope=Scope.CITY)
def indicator(*, who: Who, id: str) -> Figure:
    """One definition with what was just counted for it. NotFound."""
    return readings(who=who, ids=(id,))[0]


@door(may=SEE, scope=Scope.CITY)
def readings(*, who: Who, ids: Sequence[str]) -> tuple[Figure, ...]:
    """Several, in the order asked for. NotFound."""
    known = registry.in_force()
    for name in ids:
        if name not in known:
            raise NotFound("indicators.indicator.unknown", msgid("There is no indicator %(name)s."), name=name)
    return counting.figures(ids)


@door(may=SEE, scope=Scope.CITY)
def today(*, who: Who) -> Today:
    """All figures and happenings of the day, in one gathering; a constant number of queries per room."""
    return counting.today()


@door(may=SEE, scope=Scope.CITY)
def happenings(*, who: Who, cursor: str | None = None) -> Page[Happening]:
    """What happened today, newest first, page by page; a constant number of queries per room."""
    before, told = _place(cursor) if cursor else (None, 0)
    found = counting.happened_before(before + timedelta(microseconds=1) if before else None)[told:]
    items = found[:PAGE]
    if len(found) <= PAGE:
        return Page(items)
    last = items[-1].at
    same = sum(1 for _ in takewhile(lambda one: one.at == last, reversed(items)))
    return Page(items, encode_cursor((last.isoformat(), same + told if last == before else same)))


def _place(cursor: str) -> tuple[datetime, int]:
    """The moment of the last thing told, and how many of that moment were told."""
    at, told = decode_cursor(cursor, 2)
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError as error:
        raise bad_cursor() from error
    if not isinstance(told, int) or told < 1 or moment.tzinfo is None:
        raise bad_cursor()
    return moment, told


@door(may=SEE, scope=Scope.CITY)
def sums(*, who: Who, ids: Sequence[str]) -> dict[str, Sum]:
    """What indicators with period `today` amount to over all days kept, today included. One query more than `readings`."""
    return days.sums(readings(who=who, ids=ids), counting.span_at(clock.now()))
