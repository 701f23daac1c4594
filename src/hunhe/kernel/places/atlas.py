"""The laid-out city, held in memory until its digest changes."""

from dataclasses import dataclass

from hunhe.kernel.places import floes
from hunhe.kernel.places.grid import Frame
from hunhe.kernel.places.layout import BOX, Node, find, lay_out
from hunhe.kernel.places.models import Division, Sketch
from hunhe.kernel.places.shapes import Area, Floe, Place, SketchMap, Water
from hunhe.stone.errors import NotFound, msgid


@dataclass(frozen=True, slots=True)
class Atlas:
    """Frame and districts of one state of the content."""

    digest: str
    frame: Frame
    districts: tuple[Node, ...]
    waters: tuple[Water, ...]

    def area_of(self, lon: float, lat: float) -> Area:
        """NotFound outside the frame."""
        cell = self.frame.cell_of(lon, lat)
        if cell is None or not self.districts:
            raise NotFound("places.point.outside", msgid("This point lies outside the city."))
        chain = find(self.districts, self.frame.middle(*cell))
        x = (lon - self.frame.west / 1e7) * 1e7 / (self.frame.east - self.frame.west) * floes.SIDE
        y = (self.frame.north / 1e7 - lat) * 1e7 / (self.frame.north - self.frame.south) * floes.SIDE
        places = tuple(Place(node.code, node.name) for node in chain)
        return Area(places, self.frame.shape(*cell), round(x, 1), round(y, 1))

    def sketch_map(self) -> SketchMap:
        drawn = []
        for node in self.districts:
            shape = floes.floe(node, self.districts)
            label = floes.middle(shape)
            path = floes.rounded_path(shape)
            drawn.append(Floe(node.code, node.name, path, round(label[0], 1), round(label[1], 1)))
        return SketchMap(floes.SIDE, floes.SIDE, tuple(drawn), self.waters)


_held: Atlas | None = None


def in_force() -> Atlas:
    """One query while the content stays as it is. NotFound before a city is applied."""
    global _held
    kept = Sketch.objects.first()
    if kept is None:
        raise NotFound("places.sketch.none", msgid("The city has no map yet. Apply its content first."))
    if _held is None or _held.digest != kept.digest:
        _held = _made(kept)
    return _held


def _made(kept: Sketch) -> Atlas:
    rows = [division.row() for division in Division.objects.filter(in_use=True).order_by("place")]
    scale = BOX // floes.SIDE
    hints = {code: (x * scale, y * scale) for code, (x, y) in kept.hints.items()}
    waters = tuple(Water(name, floes.river_path([(x, y) for x, y in points])) for name, points in kept.waters)
    return Atlas(kept.digest, Frame.of_degrees(*kept.frame), lay_out(rows, hints) if rows else (), waters)
