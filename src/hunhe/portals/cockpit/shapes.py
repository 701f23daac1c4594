"""What the cockpit shows: the day of all rooms, which figures stand on the wall, which may lie on its map."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hunhe.kernel.city.shapes import Claim
from hunhe.kernel.indicators.shapes import Figure, Sum, Today


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The first cockpit at one moment. tiles: the figures that have a place on it; choices: those that may lie on the map,
    the one unasked first; departments: short names by code; claims: what the article says of a figure, by its id; orders: what
    was asked about figures and is not closed."""

    today: Today
    tiles: tuple[Figure, ...]
    choices: tuple[Figure, ...]
    departments: Mapping[str, str]
    claims: Mapping[str, tuple[Claim, ...]]
    orders: "Running"

    def mapped(self, wanted: str = "") -> Figure | None:
        """The figure on the map: the one wanted, if it has districts, else the first that has."""
        first = self.choices[0] if self.choices else None
        return next((figure for figure in self.choices if figure.indicator.id == wanted), first)


OrderState = Literal["asked", "answered", "closed", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A question about a number, which a department answers. said: the number as it stood at `counted_at`; name: of the indicator, a msgid.

    department asks, answering answers. state: asked → answered → closed, or back; withdrawn. due_at: when the turn ends.
    """

    case_id: str
    number: str
    indicator: str
    name: str
    said: str
    counted_at: datetime
    question: str
    department: str
    answering: str
    asked_at: datetime
    state: OrderState
    due_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Orders not closed: how many, and the first of them, answered ones before those that wait, the soonest limit first."""

    count: int
    first: tuple[Order, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One figure with what belongs beside it: names of departments, what the article says of it, the newest orders about it."""

    figure: Figure
    departments: Mapping[str, str]
    claims: tuple[Claim, ...]
    orders: tuple[Order, ...]


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
