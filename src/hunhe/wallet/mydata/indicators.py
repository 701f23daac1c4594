"""What this room counts: consents given and taken back, copies taken, erasures done and answered in time."""

from hunhe.kernel.consent import queries as consents
from hunhe.kernel.consent.shapes import ConsentCounts, RightsCounts
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link
from hunhe.wallet.mydata import queries

OWNER = "data_bureau"
GIVEN = Indicator(
    id="mydata.consents_given_today",
    name=msgid("Consents given"),
    caliber=msgid("Consents that people gave since 00:00, each text and recipient once; renewals of a changed text count."),
    unit=msgid("times"),
    numerator=msgid("consents given today"),
    owner=OWNER,
)
WITHDRAWN = Indicator(
    id="mydata.consents_withdrawn_today",
    name=msgid("Consents taken back"),
    caliber=msgid("Consents that people took back since 00:00; what ran out or was superseded by a new text does not count."),
    unit=msgid("times"),
    numerator=msgid("consents taken back today"),
    owner=OWNER,
)
COPIES = Indicator(
    id="mydata.copies_today",
    name=msgid("Copies made"),
    caliber=msgid("Copies of everything the city holds about one person, made and ready to take since 00:00."),
    unit=msgid("copies"),
    numerator=msgid("copies ready today"),
    owner=OWNER,
)
ERASURES = Indicator(
    id="mydata.erasures_today",
    name=msgid("Erasures carried out"),
    caliber=msgid("Requests by which at least one room erased somebody since 00:00; requests refused in whole do not count."),
    unit=msgid("requests"),
    numerator=msgid("requests carried out today"),
    owner=OWNER,
)
IN_TIME = Indicator(
    id="mydata.answered_in_time_now",
    name=msgid("Erasure requests answered in time"),
    caliber=msgid(
        "Of the newest fifty requests of 90 days that are answered or overdue, those answered within 21 days; withdrawn ones do not count."
    ),
    unit="%",
    numerator=msgid("requests answered within 21 days"),
    denominator=msgid("requests answered or overdue"),
    period="now",
    kind="share",
    owner=OWNER,
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=GIVEN, read=lambda who, span: _one(span, "given", _consents(span).given))
    indicators.register_indicator(
        who=start, indicator=WITHDRAWN, read=lambda who, span: _one(span, "taken back", _consents(span).withdrawn)
    )
    indicators.register_indicator(
        who=start, indicator=COPIES, read=lambda who, span: _one(span, "copies", _rights(span).exports)
    )
    indicators.register_indicator(
        who=start, indicator=ERASURES, read=lambda who, span: _one(span, "erasures", _rights(span).erasures)
    )
    indicators.register_indicator(who=start, indicator=IN_TIME, read=_in_time)


_LABELS = {
    "given": msgid("consents given today"),
    "taken back": msgid("consents taken back today"),
    "copies": msgid("copies ready today"),
    "erasures": msgid("requests carried out today"),
}


def _one(span: Span, what: str, value: int) -> Reading:
    url = link("mydata:erasures") if what == "erasures" else ""
    return Reading(lines=(Line(label=_LABELS[what], value=value, at=span.now, url=url),), as_of=span.now)


def _consents(span: Span) -> ConsentCounts:
    who = Who.system("mydata")
    return span.once("mydata.consents", lambda: consents.counts_between(who=who, start=span.start, end=span.end))


def _rights(span: Span) -> RightsCounts:
    who = Who.system("mydata")
    return span.once("mydata.rights", lambda: consents.rights_between(who=who, start=span.start, end=span.end))


def _in_time(who: Who, span: Span) -> Reading:
    found = queries.answer_times(who=Who.system("mydata"))
    line = Line(
        label=msgid("requests answered within 21 days"), value=found.in_time, whole=found.due, url=link("mydata:erasures")
    )
    return Reading(lines=(line,), as_of=span.now)
