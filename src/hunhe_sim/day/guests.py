"""Whom a visitor of the demo may be: a citizen in the middle of things, an elder who has not applied for the card yet, and one who holds it."""

from hunhe_sim.day.cast import Cast, DayOrder
from hunhe_sim.day.citizens import citizen_of, login_of, meet_citizen, prove_identity
from hunhe_sim.day.service import elder_for_a_visitor, holder_of_the_day


def invite(order: DayOrder) -> dict[str, dict[str, str]]:
    """Their logins by role; each is signed up and has a confirmed name."""
    with Cast(order) as cast:
        people = {
            "citizen": meet_citizen(cast, 0),
            "elder": citizen_of(cast, elder_for_a_visitor(cast)),
            "holder": citizen_of(cast, holder_of_the_day(cast)),
        }
        for person in people.values():
            prove_identity(person)
        return {role: login_of(cast, person.person) for role, person in people.items()}
