"""The unit grid over a city's frame. Pure.

A coordinate counts in steps of 1e-7 degree (one centimetre). A point belongs to the cell whose west and south edges it
touches or passes; the frame's east and north edges belong to its last column and row. So every point of the frame lies in
exactly one cell.
"""

from dataclasses import dataclass

from hunhe.kernel.places.layout import BOX, Seed
from hunhe.kernel.places.shapes import GridCell

STEPS = 10_000_000


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of longitude and latitude that the sketch fills, and the side of a grid cell; all in steps."""

    west: int
    south: int
    east: int
    north: int
    cell: int

    @classmethod
    def of_degrees(cls, west: float, south: float, east: float, north: float, cell: float) -> "Frame":
        """ValueError unless the frame lies on the earth and holds a whole number of cells both ways."""
        frame = cls(*(round(value * STEPS) for value in (west, south, east, north, cell)))
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("west and south must be smaller than east and north, on the earth")
        if frame.cell < 1000 or (frame.east - frame.west) % frame.cell or (frame.north - frame.south) % frame.cell:
            raise ValueError("the frame must hold a whole number of cells of at least 0.0001 degree")
        return frame

    def cell_of(self, lon: float, lat: float) -> tuple[int, int] | None:
        """Column and row of the cell of a point, from the south-west; None outside the frame or for no number."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        x, y = round(lon * STEPS) - self.west, round(lat * STEPS) - self.south
        width, height = self.east - self.west, self.north - self.south
        if not (0 <= x <= width and 0 <= y <= height):
            return None
        return min(x, width - 1) // self.cell, min(y, height - 1) // self.cell

    def middle(self, column: int, row: int) -> Seed:
        """The middle of a cell in the box, y downwards."""
        across, up = (2 * column + 1) * self.cell, (2 * row + 1) * self.cell
        return BOX * across // (2 * (self.east - self.west)), BOX - BOX * up // (2 * (self.north - self.south))

    def shape(self, column: int, row: int) -> GridCell:
        west, south = self.west + column * self.cell, self.south + row * self.cell
        return GridCell(
            f"g{self.cell // 1000}.{west // self.cell}.{south // self.cell}",
            west / STEPS,
            south / STEPS,
            (west + self.cell) / STEPS,
            (south + self.cell) / STEPS,
        )
