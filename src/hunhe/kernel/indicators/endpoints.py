"""`/api/v1/indicators/`: the same figures that tiles and lists show."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from hunhe.kernel.indicators import queries
from hunhe.kernel.indicators.shapes import Figure, Indicator, Line
from hunhe.stone import clock
from hunhe.ui import words
from hunhe.ui.callers import caller

router = Router()
WORDS = ("name", "caliber", "unit", "numerator", "denominator")


class IndicatorOut(Schema):
    id: str
    name: str
    caliber: str
    unit: str
    numerator: str
    denominator: str
    period: str
    owner: str
    fresh: int
    kind: str


class LineOut(Schema):
    label: str
    department: str
    value: int
    whole: int
    division: str
    at: datetime | None
    url: str


class FigureOut(IndicatorOut):
    value: float | None
    total: int
    whole: int
    as_of: datetime | None
    counted_at: datetime | None
    stale: bool
    failing: bool
    lines: list[LineOut]


class IndicatorList(Schema):
    items: list[IndicatorOut]


@router.get("/", response=IndicatorList)
def list_indicators(request: HttpRequest) -> dict[str, object]:
    """What the city counts: definitions with caliber, unit, numerator, denominator, period, owner and freshness."""
    who = caller(request)
    return {"items": [_definition(one) for one in queries.list_indicators(who=who)]}


@router.get("/{indicator}", response=FigureOut)
def indicator(request: HttpRequest, indicator: str) -> dict[str, object]:
    """One figure with the lines that add up to it; of a share, value = total / whole, null while whole is 0."""
    who = caller(request)
    return _figure(queries.indicator(who=who, id=indicator))


def _definition(one: Indicator) -> dict[str, object]:
    said = {name: words.say(getattr(one, name)) for name in WORDS}
    return said | {"id": one.id, "period": one.period, "owner": one.owner, "fresh": one.fresh, "kind": one.kind}


def _figure(found: Figure) -> dict[str, object]:
    return _definition(found.indicator) | {
        "value": found.value,
        "total": found.total,
        "whole": found.whole,
        "as_of": found.reading.as_of,
        "counted_at": found.counted_at,
        "failing": found.failing,
        "stale": found.is_stale(clock.now()),
        "lines": [_line(line) for line in found.reading.lines],
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "label": f"{words.say(line.label, line.params)} {words.say(line.note)}".rstrip(),
        "department": line.department,
        "value": line.value,
        "whole": line.whole,
        "division": line.division,
        "at": line.at,
        "url": line.url,
    }
