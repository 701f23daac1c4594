"""What the cockpit shows: the day of all rooms, which figures stand on the wall, which may lie on its map."""

from collections.abc import Mapping
from dataclasses import dataclass

from hunhe.kernel.city.shapes import Claim
from hunhe.kernel.indicators.shapes import Figure, Sum, Today


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One number or system of the article, and what this city counts for it; sums: by id, where the article adds up days."""

    claim: Claim
    figures: tuple[Figure, ...]
    sums: Mapping[str, Sum]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The article this city is measured by, claim by claim in its order."""

    source: str
    claims: tuple[Claimed, ...]
