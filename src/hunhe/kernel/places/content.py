"""Reads `divisions.csv` and `sketch.toml`.

sketch.toml: `west south east north` of the frame and the side of a grid `cell`, in degrees; `[seeds]` places districts
roughly (`code = [x, y]` in a box of 1000, y downwards); `[[water]]` draws rivers by name and points.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from hunhe.kernel.city.shapes import ContentFile, DivisionRow, Doubt, parse_divisions
from hunhe.kernel.places.grid import Frame
from hunhe.kernel.places.models import Division, Sketch
from hunhe.stone.who import Who

Spot = tuple[int, int]


class River(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of water through two or more points."""

    name: str
    points: tuple[Spot, ...]


class SketchEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """sketch.toml."""

    west: float
    south: float
    east: float
    north: float
    cell: float
    seeds: dict[str, Spot] = {}
    water: tuple[River, ...] = ()

    def frame(self) -> Frame:
        return Frame.of_degrees(self.west, self.south, self.east, self.north, self.cell)


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """The tree is one, the frame holds whole cells, hints name districts."""
    rows: tuple[DivisionRow, ...] = ()
    for file in files:
        if file.path.endswith("/divisions.csv"):
            try:
                rows = parse_divisions(file.text)
            except ValueError as error:
                line, _, why = str(error).partition(": ")
                yield file.doubt(line, why)
    for file in files:
        if file.path.endswith("/sketch.toml"):
            yield from _check_sketch(file, file.read_as(SketchEntry), rows)


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Divisions as listed; those that are gone stay, out of use, because cases name them."""
    texts = {file.path.rsplit("/", 1)[-1]: file for file in files}
    rows = parse_divisions(texts["divisions.csv"].text) if "divisions.csv" in texts else ()
    Division.objects.bulk_create(
        _divisions(rows),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["level", "name", "parent_code", "path", "place", "in_use"],
    )
    listed = {row.code for row in rows}
    gone = set(Division.objects.filter(in_use=True).values_list("code", flat=True)) - listed
    for start in range(0, len(gone), 500):
        Division.objects.filter(code__in=sorted(gone)[start : start + 500]).update(in_use=False)
    if "sketch.toml" in texts:
        _keep_sketch(texts["sketch.toml"].read_as(SketchEntry), rows)


def _check_sketch(file: ContentFile, entry: SketchEntry, rows: tuple[DivisionRow, ...]) -> Iterator[Doubt]:
    try:
        entry.frame()
    except ValueError as error:
        yield file.doubt("cell" if "cells" in str(error) else "west", str(error))
    districts = {row.code for row in rows if row.level == "district"}
    spots = [(f"seeds.{code}", spot) for code, spot in entry.seeds.items()]
    spots += [(f"water[{n}].points", spot) for n, river in enumerate(entry.water) for spot in river.points]
    for code in entry.seeds.keys() - districts:
        yield file.doubt(f"seeds.{code}", "There is no such district")
    if len(set(entry.seeds.values())) < len(entry.seeds):
        yield file.doubt("seeds", "Two districts lie on the same spot")
    for key, (x, y) in spots:
        if not (0 <= x <= 1000 and 0 <= y <= 1000):
            yield file.doubt(key, "A spot lies between 0 and 1000 both ways")
    for n, river in enumerate(entry.water):
        if len(river.points) < 2:
            yield file.doubt(f"water[{n}].points", "A river needs two points")


def _divisions(rows: tuple[DivisionRow, ...]) -> Iterator[Division]:
    path: dict[str, str] = {"": ""}
    for place, row in enumerate(rows):
        path[row.code] = f"{path[row.parent_code]}{row.code}/"
        yield Division(
            code=row.code, level=row.level, name=row.name, parent_code=row.parent_code, path=path[row.code], place=place
        )


def _keep_sketch(entry: SketchEntry, rows: tuple[DivisionRow, ...]) -> None:
    mark = hashlib.sha256(msgspec.json.encode((entry, rows))).hexdigest()
    kept = {
        "digest": mark,
        "frame": [entry.west, entry.south, entry.east, entry.north, entry.cell],
        "hints": {code: list(spot) for code, spot in entry.seeds.items()},
        "waters": [[river.name, [list(spot) for spot in river.points]] for river in entry.water],
    }
    Sketch.objects.update_or_create(id=1, defaults=kept)
