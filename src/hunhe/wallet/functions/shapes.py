"""What passes through the doors of the register of functions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Shows = Literal["nothing", "masked_name", "licence"]
How = Literal["give", "mask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One thing the city's code can be used for, as its file says, with its switch.

    number: stands in a code that was made for this function alone (1 to 255). tells: what a terminal learns, in words.
    licence: type of licence that must be valid, where `shows` is licence. consent: kind of consent that must stand, empty for none.
    departments: who may put up terminals for it; empty: any. on: False once its owner switched it off, `reason` says why.
    """

    id: str
    number: int
    name: str
    owner: str
    version: str
    basis: str
    min_level: int
    shows: Shows
    licence: str
    consent: str
    tells: str
    after: str
    departments: tuple[str, ...]
    on: bool
    reason: str = ""
    switched_at: datetime | None = None

    def open_to(self, department: str) -> bool:
        return not self.departments or department in self.departments


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a function: may this person use it at a terminal of this department?"""

    function: str
    subject_id: str
    department: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One line on the terminal; value empty where the label says it all."""

    label: str
    value: str
    how: How = "give"


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes with what is shown, or no with a code: no_consent, no_licence. `unavailable` is neither: the city could not look."""

    code: str = ""
    shown: tuple[Shown, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.code
