"""The population base's part of the wall: golden subjects, in all and by district."""

from django.utils.translation import gettext

from hunhe.hub.bases import queries as bases
from hunhe.kernel.places import queries as places
from hunhe.portals.cockpit.shapes import Indicator, Line, Part
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

BASE = "population"


def part(who: Who) -> Part:
    """Nothing where the city keeps no population base."""
    try:
        counts = bases.counts(who=who, base=BASE)
    except NotFound:
        return Part()
    names = {division.code[:6]: division.name for division in places.list_divisions(who=who, level="district").items}
    held = counts.divisions or ({"": counts.subjects} if counts.subjects else {})
    lines = tuple(
        Line(label=names.get(code) or gettext("district not known"), department="", value=people, at=counts.built_at)
        for code, people in held.items()
    )
    people = {code: held.get(code, 0) for code in names} if held else {}
    indicator = Indicator(name="subjects", lines=lines, as_of=counts.built_at)
    return Part(indicators=(indicator,), people=people, people_as_of=counts.built_at)
