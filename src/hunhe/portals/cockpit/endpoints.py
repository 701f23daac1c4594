"""The cockpit's numbers for machines: the same objects that the pages show."""

from django.http import HttpRequest
from ninja import Router, Schema

from hunhe.portals.cockpit import queries
from hunhe.stone.who import Who

router = Router()


class LineOut(Schema):
    label: str
    department: str
    value: int
    whole: int


class IndicatorOut(Schema):
    name: str
    value: float
    as_of: str | None
    lines: list[LineOut]


@router.get("/today/{name}", response=IndicatorOut)
def today(request: HttpRequest, name: str) -> IndicatorOut:
    """One indicator of today with the lines that add up to it."""
    who: Who = request.who  # type: ignore[attr-defined]  # set by WhoMiddleware
    found = queries.indicator(who=who, name=name)
    return IndicatorOut(
        name=found.name,
        value=found.value,
        as_of=found.as_of.isoformat() if found.as_of else None,
        lines=[LineOut(label=one.label, department=one.department, value=one.value, whole=one.whole) for one in found.lines],
    )
