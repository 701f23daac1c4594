"""What the cockpit shows: the day of all rooms, which figures stand on the wall, which may lie on its map."""

from collections.abc import Mapping
from dataclasses import dataclass

from hunhe.kernel.indicators.shapes import Figure, Today


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The first cockpit at one moment. tiles: the figures that have a place on it; choices: those that may lie on the map,
    the one unasked first; departments: short names by code."""

    today: Today
    tiles: tuple[Figure, ...]
    choices: tuple[Figure, ...]
    departments: Mapping[str, str]

    def mapped(self, wanted: str = "") -> Figure | None:
        """The figure on the map: the one wanted, if it has districts, else the first that has."""
        first = self.choices[0] if self.choices else None
        return next((figure for figure in self.choices if figure.indicator.id == wanted), first)
