"""What the catalogue counts: entries that anybody can find."""

from hunhe.hub.catalogue import queries
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

ENTRIES = Indicator(
    id="catalogue.entries_now",
    name=msgid("Catalogue entries"),
    caliber=msgid("Entries of the catalogue that are published at this moment; drafts, refused and retired ones do not count."),
    unit=msgid("entries"),
    numerator=msgid("published catalogue entries"),
    period="now",
    owner="data_bureau",
    may="flow.may_move_cases",
)


def register() -> None:
    indicators.register_indicator(who=Who.system("start"), indicator=ENTRIES, read=_entries)


def _entries(who: Who, span: Span) -> Reading:
    pages = link("catalogue:entries")
    lines = tuple(
        Line(
            label=msgid("published entries"),
            department=one.department,
            value=one.published,
            at=one.last_at,
            url=f"{pages}?department={one.department}" if pages else "",
        )
        for one in queries.count_entries(who=who)
    )
    return Reading(lines=lines, as_of=span.now)
