"""HTTP: `/api/v1/places/…`, open to all."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from hunhe.kernel.city.shapes import Level
from hunhe.kernel.places import queries
from hunhe.ui.callers import caller

router = Router()


class DivisionOut(Schema):
    code: str
    level: str
    name: str
    parent_code: str
    path: list[str]
    in_use: bool


class DivisionPage(Schema):
    items: list[DivisionOut]
    next: str | None


class PlaceOut(Schema):
    code: str
    name: str


class CellOut(Schema):
    id: str
    west: float
    south: float
    east: float
    north: float


class AreaOut(Schema):
    divisions: list[PlaceOut]
    cell: CellOut
    x: float
    y: float
    sketch: bool


class FloeOut(Schema):
    code: str
    name: str
    path: str
    label_x: float
    label_y: float


class WaterOut(Schema):
    name: str
    path: str


class SketchOut(Schema):
    width: int
    height: int
    floes: list[FloeOut]
    waters: list[WaterOut]
    mark: str


@router.get("/divisions", response=DivisionPage)
def list_divisions(request: HttpRequest, level: Level, cursor: str | None = None) -> dict[str, Any]:
    """Divisions of one level by code, 500 a page."""
    return asdict(queries.list_divisions(who=caller(request), level=level, cursor=cursor))


@router.get("/divisions/{code}", response=DivisionOut)
def division(request: HttpRequest, code: str) -> dict[str, Any]:
    """One division."""
    return asdict(queries.division_by_code(who=caller(request), code=code))


@router.get("/divisions/{code}/children", response=list[DivisionOut])
def children(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """The divisions directly below one."""
    return [asdict(child) for child in queries.children_of(who=caller(request), code=code)]


@router.get("/area", response=AreaOut)
def area(request: HttpRequest, lon: float, lat: float) -> dict[str, Any]:
    """Where a point lies; a sketch unless the city has licensed boundaries."""
    return asdict(queries.area_of(who=caller(request), lon=lon, lat=lat))


@router.get("/sketch", response=SketchOut)
def sketch(request: HttpRequest) -> dict[str, Any]:
    """The city as ice floes; show `mark` beside it."""
    return asdict(queries.sketch_map(who=caller(request)))
