"""The citizens of the day: they sign up, prove who they are, and open a case of their own."""

import secrets
from dataclasses import dataclass
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.truth import Person
from hunhe_sim.day.visitor import Visitor

REAL_NAME = 2
PROCEDURE = "subsidy_application"


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person of the world who is signed in to the city."""

    person: Person
    visitor: Visitor

    def level(self) -> int:
        return int(self.visitor.get("/api/v1/identity/me")["level"])

    def confirm(self, name: str, id_number: str) -> int:
        """Ask the city to check name and number; returns the HTTP status."""
        return self.visitor.ask("POST", "/api/v1/bases/real-name", {"name": name, "id_number": id_number}).status_code


def meet_citizen(cast: Cast, number: int) -> Citizen:
    """The citizen of that number, signed in."""
    return citizen_of(cast, cast.truth.plain_people(number + 1)[number])


def citizen_of(cast: Cast, person: Person) -> Citizen:
    """This person, signed in."""
    return Citizen(person, cast.citizen(**login_of(cast, person)))


def login_of(cast: Cast, person: Person) -> dict[str, str]:
    """User name and password of a person; the password is made once and remembered."""
    username = f"citizen_{person.id.lower()}"
    password = cast.memory.get(f"password {username}")
    if password is None:
        password = secrets.token_urlsafe(15)
        cast.memory.keep(f"password {username}", password)
    return {"username": username, "password": password}


def prove_identity(citizen: Citizen) -> None:
    """Name and number, unless the city already knows. Raises `Refused` when they are not accepted."""
    if citizen.level() < REAL_NAME:
        citizen.visitor.post("/api/v1/bases/real-name", {"name": citizen.person.name, "id_number": citizen.person.id_number})


def open_own_case(citizen: Citizen) -> dict[str, Any]:
    """The citizen's application for a subsidy, at the civil affairs bureau; asking again gives the same case."""
    asked = {"procedure": PROCEDURE, "facts": {"kind": "取暖补贴（示例）"}, "title": "取暖补贴申领（示例）"}
    case: dict[str, Any] = citizen.visitor.post("/api/v1/flow/cases", asked, key=f"subsidy {citizen.person.id}")
    return case
