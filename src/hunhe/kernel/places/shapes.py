"""Divisions, cells, areas and the sketch map as other rooms see them."""

from dataclasses import dataclass

from hunhe.kernel.city.shapes import Level

SKETCH_MARK = "示意图"


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division. path: codes from the top down to this one. in_use: false once gone from the content."""

    code: str
    level: Level
    name: str
    parent_code: str
    path: tuple[str, ...]
    in_use: bool = True


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the unit grid; edges in degrees. id names size, column and row: another grid gives other ids."""

    id: str
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Place:
    """Code and name of a division."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Area:
    """Where a point lies: divisions below the city from large to small, and the grid cell, which lies in the smallest whole.

    x, y: the point on the sketch map. sketch: true while the city has no licensed geometry, so that nobody takes the
    answer for a boundary.
    """

    divisions: tuple[Place, ...]
    cell: GridCell
    x: float
    y: float
    sketch: bool = True

    @property
    def smallest(self) -> Place:
        return self.divisions[-1]


@dataclass(frozen=True, slots=True)
class Floe:
    """One district on the sketch map: a rounded polygon as an SVG path, and where its label stands."""

    code: str
    name: str
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Water:
    """One river on the sketch map, an SVG path to be stroked."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class SketchMap:
    """The city as ice floes in a box of `width` by `height`, y downwards; `mark` must stand beside it."""

    width: int
    height: int
    floes: tuple[Floe, ...]
    waters: tuple[Water, ...]
    mark: str = SKETCH_MARK
