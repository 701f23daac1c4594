"""What the service network counts: applications, time kept, first pass, overdue, good ratings, online rate."""

from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Happening, Indicator, Line, Reading, Span
from hunhe.networks.service import counting
from hunhe.networks.service.shapes import ItemCounts, OnlineRates
from hunhe.networks.service.showing import department_names
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

OWNER = "data_bureau"
SEE = "service.may_see_ratings"

APPLIED = Indicator(
    id="service.applied_today",
    name=msgid("Applications"),
    caliber=msgid("Applications that came in since 00:00, online and at the counter; drafts not sent do not count."),
    unit=msgid("applications"),
    numerator=msgid("applications today"),
    owner=OWNER,
    may=SEE,
    river=True,
)
ON_TIME = Indicator(
    id="service.on_time_today",
    name=msgid("Done on time"),
    caliber=msgid(
        "Cases closed today in which no limit had passed at any stage, of all closed today; withdrawn ones do not count."
    ),
    unit="%",
    numerator=msgid("closed on time today"),
    denominator=msgid("closed today"),
    owner=OWNER,
    may=SEE,
    kind="share",
)
FIRST_PASS = Indicator(
    id="service.first_pass_today",
    name=msgid("Accepted at once"),
    caliber=msgid("Applications accepted today without a correction, of all accepted today."),
    unit="%",
    numerator=msgid("accepted uncorrected today"),
    denominator=msgid("accepted today"),
    owner=OWNER,
    may=SEE,
    kind="share",
)
OVERDUE = Indicator(
    id="service.overdue_now",
    name=msgid("Overdue now"),
    caliber=msgid("Open applications in which a limit has passed."),
    unit=msgid("applications"),
    numerator=msgid("overdue now"),
    period="now",
    owner=OWNER,
    may=SEE,
)
GOOD = Indicator(
    id="service.good_rating_today",
    name=msgid("Good ratings"),
    caliber=msgid("Ratings of three to five stars given today, of all given today."),
    unit="%",
    numerator=msgid("good ratings today"),
    denominator=msgid("ratings today"),
    owner=OWNER,
    may=SEE,
    kind="share",
)
ONLINE = Indicator(
    id="service.online_rate_now",
    name=msgid("Items that can be done online"),
    caliber=msgid("Items in force that one can apply for without coming, computed from what they demand, of all in force."),
    unit="%",
    numerator=msgid("items online"),
    denominator=msgid("items in force"),
    period="now",
    owner=OWNER,
    kind="share",
)
FULLY_ONLINE = Indicator(
    id="service.fully_online_rate_now",
    name=msgid("Items without any visit"),
    caliber=msgid(
        "Items in force that end without a visit and without a paper, computed from what they demand, of all in force."
    ),
    unit="%",
    numerator=msgid("items without a visit"),
    denominator=msgid("items in force"),
    period="now",
    owner=OWNER,
    kind="share",
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=APPLIED, read=_applied)
    indicators.register_indicator(who=start, indicator=ON_TIME, read=_on_time)
    indicators.register_indicator(who=start, indicator=FIRST_PASS, read=_first_pass)
    indicators.register_indicator(who=start, indicator=OVERDUE, read=_overdue)
    indicators.register_indicator(who=start, indicator=GOOD, read=_good)
    indicators.register_indicator(who=start, indicator=ONLINE, read=_online)
    indicators.register_indicator(who=start, indicator=FULLY_ONLINE, read=_fully_online)
    indicators.register_happenings(who=start, room="service", read=_happenings)


def _counts(span: Span) -> tuple[ItemCounts, ...]:
    return span.once("service.counts", lambda: counting.by_item(span.start, span.end))


def _applied(who: Who, span: Span) -> Reading:
    lines = tuple(_line(one, one.applied, at=True) for one in _counts(span) if one.applied)
    return Reading(lines=lines, as_of=span.now, slots=counting.slots(span.start, span.end, span.slot))


def _on_time(who: Who, span: Span) -> Reading:
    return Reading(
        lines=tuple(_line(one, one.closed - one.late, one.closed) for one in _counts(span) if one.closed), as_of=span.now
    )


def _first_pass(who: Who, span: Span) -> Reading:
    return Reading(
        lines=tuple(_line(one, one.first_pass, one.accepted) for one in _counts(span) if one.accepted), as_of=span.now
    )


def _overdue(who: Who, span: Span) -> Reading:
    return Reading(lines=tuple(_line(one, one.overdue_now) for one in _counts(span) if one.overdue_now), as_of=span.now)


def _good(who: Who, span: Span) -> Reading:
    return Reading(lines=tuple(_line(one, one.good, one.rated) for one in _counts(span) if one.rated), as_of=span.now)


def _online(who: Who, span: Span) -> Reading:
    names = department_names()
    lines = tuple(
        Line(
            label=names.get(department, department),
            department=department,
            value=rates.online_capable,
            whole=rates.items,
            url=link("service:items"),
        )
        for department, rates in _rates(span)
    )
    return Reading(lines=lines, as_of=span.now)


def _fully_online(who: Who, span: Span) -> Reading:
    names = department_names()
    lines = tuple(
        Line(
            label=names.get(department, department),
            department=department,
            value=rates.fully_online,
            whole=rates.items,
            url=link("service:items"),
        )
        for department, rates in _rates(span)
    )
    return Reading(lines=lines, as_of=span.now)


def _rates(span: Span) -> tuple[tuple[str, OnlineRates], ...]:
    return span.once("service.rates", counting.online_by_department)


def _line(one: ItemCounts, value: int, whole: int = 0, *, at: bool = False) -> Line:
    return Line(
        label=one.item_name,
        department=one.department,
        value=value,
        whole=whole,
        at=one.last_at if at else None,
        url=link("service:ratings"),
    )


def _happenings(who: Who, span: Span) -> tuple[Happening, ...]:
    """Applications accepted by law because nobody spoke in time."""
    return tuple(
        Happening(
            at=at,
            label=msgid("%(item)s: accepted by law"),
            note=msgid("Nobody spoke before the limit; it counts from the day of receipt."),
            kind="late",
            url=link("service:desk_case", case_id),
            params={"item": name},
        )
        for at, name, case_id in counting.lapses(span.start, span.end)
    )
