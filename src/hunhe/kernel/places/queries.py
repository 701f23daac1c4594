"""Divisions, areas, and the sketch map."""

from collections.abc import Collection, Sequence

from hunhe.kernel.city.shapes import Level
from hunhe.kernel.places import atlas, models
from hunhe.kernel.places.shapes import Area, Division, SketchMap
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 500


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def division_by_code(*, who: Who, code: str) -> Division:
    """A division, also one no longer in use. NotFound."""
    row = models.Division.objects.filter(code=code).first()
    if row is None:
        raise NotFound("places.division.unknown", msgid("There is no division %(code)s."), code=code)
    return row.shape()


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def divisions_by_codes(*, who: Who, codes: Collection[str]) -> tuple[Division, ...]:
    """The divisions of those codes, those no longer in use too. One query; unknown codes are left out."""
    return tuple(row.shape() for row in models.Division.objects.filter(code__in=codes)) if codes else ()


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def children_of(*, who: Who, code: str) -> tuple[Division, ...]:
    """The divisions in use directly below one, as listed; at most some dozens."""
    rows = models.Division.objects.filter(parent_code=code, in_use=True).order_by("place")
    return tuple(row.shape() for row in rows)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def path_of(*, who: Who, code: str) -> tuple[Division, ...]:
    """A division and all above it, largest first. NotFound."""
    last = division_by_code(who=who, code=code)
    rows = models.Division.objects.filter(code__in=last.path)
    return tuple(sorted((row.shape() for row in rows), key=lambda division: len(division.path)))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_divisions(*, who: Who, level: Level, cursor: str | None = None) -> Page[Division]:
    """The divisions in use of one level by code, in pages of 500: all districts fit in one."""
    rows = models.Division.objects.filter(level=level, in_use=True).order_by("code")
    if cursor:
        rows = rows.filter(code__gt=str(decode_cursor(cursor, 1)[0]))
    return Page.of([row.shape() for row in rows[: PAGE + 1]], PAGE, key=lambda division: (division.code,))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def area_of(*, who: Who, lon: float, lat: float) -> Area:
    """Divisions and grid cell of a point in degrees (WGS 84). NotFound outside the city's frame.

    Every point of the frame lies in exactly one cell and every cell in exactly one division of each level: a point on an
    edge belongs to the cell east and north of it.
    """
    return atlas.in_force().area_of(lon, lat)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def areas_of(*, who: Who, points: Sequence[tuple[float, float]]) -> tuple[Area, ...]:
    """The areas of many points (longitude, latitude), in one query."""
    held = atlas.in_force()
    return tuple(held.area_of(lon, lat) for lon, lat in points)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def sketch_map(*, who: Who) -> SketchMap:
    """The city as floes, one per district; show `mark` beside it."""
    return atlas.in_force().sketch_map()
