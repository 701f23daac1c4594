"""What the bases count: golden subjects, by district."""

from hunhe.hub.bases import queries
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.kernel.places import queries as places
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

BASE = "population"
UNPLACED = msgid("district not known")

SUBJECTS = Indicator(
    id="bases.subjects_now",
    name=msgid("Golden subjects"),
    caliber=msgid(
        "People in the population base after its newest build, each counted once, whatever number of source rows they have."
    ),
    unit=msgid("people"),
    numerator=msgid("golden records of the population base"),
    period="now",
    owner="data_bureau",
    may="bases.may_see_golden",
)


def register() -> None:
    indicators.register_indicator(who=Who.system("start"), indicator=SUBJECTS, read=_subjects)


def _subjects(who: Who, span: Span) -> Reading:
    """Nothing where the city keeps no population base, or has not built it."""
    try:
        counts = queries.counts(who=who, base=BASE)
    except NotFound:
        return Reading(lines=(), as_of=None)
    names = {division.code[:6]: division.name for division in places.list_divisions(who=who, level="district").items}
    held = counts.divisions or ({"": counts.subjects} if counts.subjects else {})
    people = {**dict.fromkeys(names, 0), **held} if held else {}
    lines = tuple(
        Line(
            label=names.get(code) or UNPLACED,
            value=found,
            at=counts.built_at,
            url=link("bases:bases"),
            division=code if code in names else "",
        )
        for code, found in people.items()
    )
    return Reading(lines=lines, as_of=counts.built_at)
