"""What the bases count: golden subjects, by district."""

from hunhe.hub.bases import queries
from hunhe.hub.bases.shapes import Counts
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.kernel.places import queries as places
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

PEOPLE, FIRMS = "population", "legal_person"
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
    reads=("base.population",),
)
LEGAL_PERSONS = Indicator(
    id="bases.legal_persons_now",
    name=msgid("Legal persons"),
    caliber=msgid("Firms and institutions in the legal person base after its newest build, each counted once."),
    unit=msgid("firms"),
    numerator=msgid("golden records of the legal person base"),
    period="now",
    owner="data_bureau",
    may="bases.may_see_golden",
    reads=("base.legal_person",),
)
BASES = Indicator(
    id="bases.bases_now",
    name=msgid("Bases built"),
    caliber=msgid("Bases that have been built at least once and hold golden records."),
    unit=msgid("bases"),
    numerator=msgid("bases with a build"),
    period="now",
    owner="data_bureau",
    may="bases.may_see_golden",
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=SUBJECTS, read=_subjects)
    indicators.register_indicator(who=start, indicator=LEGAL_PERSONS, read=_legal_persons)
    indicators.register_indicator(who=start, indicator=BASES, read=_bases)


def _legal_persons(who: Who, span: Span) -> Reading:
    counts = _counts(who, span).get(FIRMS)
    if counts is None or not counts.built_at:
        return Reading(lines=(), as_of=None)
    line = Line(label=counts.name, value=counts.subjects, at=counts.built_at, url=link("bases:bases"))
    return Reading(lines=(line,), as_of=counts.built_at)


def _bases(who: Who, span: Span) -> Reading:
    built = [counts for counts in _counts(who, span).values() if counts.built_at]
    lines = tuple(Line(label=counts.name, value=1, at=counts.built_at, url=link("bases:bases")) for counts in built)
    return Reading(lines=lines, as_of=span.now)


def _counts(who: Who, span: Span) -> dict[str, Counts]:
    return span.once("bases.counts", lambda: {counts.base: counts for counts in queries.list_bases(who=who)})


def _subjects(who: Who, span: Span) -> Reading:
    """Nothing where the city keeps no population base, or has not built it."""
    counts = _counts(who, span).get(PEOPLE)
    if counts is None:
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
