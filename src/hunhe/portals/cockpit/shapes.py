"""What the cockpit shows: the day of all rooms, and which indicator lies on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

from hunhe.kernel.indicators.shapes import Figure, Today


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The first cockpit at one moment. tiles: the figures that have a place on it; mapped: the one on the map, if any has
    districts; choices: those that could be; departments: short names by code."""

    today: Today
    tiles: tuple[Figure, ...]
    mapped: Figure | None
    choices: tuple[Figure, ...]
    departments: Mapping[str, str]
