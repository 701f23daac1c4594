"""What the exchange counts: calls answered and calls refused."""

from collections.abc import Callable

from hunhe.hub.exchange import tally
from hunhe.hub.exchange.services import count_services
from hunhe.hub.exchange.shapes import CallCount, CallCounts
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

FRESH = 3600
"""A city calls all day; an hour without a call is worth saying."""

CALLS = Indicator(
    id="exchange.calls_today",
    name=msgid("Data calls"),
    caliber=msgid(
        "Calls of shared services since 00:00 that got an answer, data or a refusal with its reason; each has a receipt."
    ),
    unit=msgid("times"),
    numerator=msgid("calls answered today"),
    owner="data_bureau",
    may="exchange.may_see_calls",
    fresh=FRESH,
    river=True,
)
REFUSED = Indicator(
    id="exchange.refused_today",
    name=msgid("Refused calls"),
    caliber=msgid(
        "Calls since 00:00 that were refused, for whatever reason of the closed list; they are among the data calls too."
    ),
    unit=msgid("times"),
    numerator=msgid("calls refused today"),
    owner="data_bureau",
    may="exchange.may_see_calls",
    fresh=FRESH,
)
SERVICES = Indicator(
    id="exchange.services_now",
    name=msgid("Shared services"),
    caliber=msgid(
        "Services that can be called at this moment: a look-up and a verification for each published entry with a key."
    ),
    unit=msgid("services"),
    numerator=msgid("services on offer"),
    period="now",
    owner="data_bureau",
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=SERVICES, read=_services)
    indicators.register_indicator(who=start, indicator=CALLS, read=_calls)
    indicators.register_indicator(who=start, indicator=REFUSED, read=_refused)


def _calls(who: Who, span: Span) -> Reading:
    found = _counts(span)
    return _reading(found, lambda count: True, span.by_slot((at, calls) for at, calls, _ in found.per_ten_minutes))


def _refused(who: Who, span: Span) -> Reading:
    found = _counts(span)
    slots = span.by_slot((at, refused) for at, _, refused in found.per_ten_minutes)
    return _reading(found, lambda count: count.outcome == "refused", slots)


def _services(who: Who, span: Span) -> Reading:
    lines = tuple(
        Line(label=msgid("Shared services"), department=department, value=number, at=last, url=link("exchange:services"))
        for department, (number, last) in sorted(count_services().items())
    )
    return Reading(lines=lines, as_of=span.now)


def _counts(span: Span) -> CallCounts:
    return span.once("exchange.counts", lambda: tally.counts(span.start, span.end))


def _reading(found: CallCounts, counts: Callable[[CallCount], bool], slots: dict[int, int]) -> Reading:
    lines = tuple(_line(count) for count in found.counts if counts(count))
    return Reading(lines=lines, as_of=max((count.last_at for count in found.counts), default=None), slots=slots)


def _line(count: CallCount) -> Line:
    pages = link("exchange:calls")
    note = f"state.exchange.refusal.{count.code}" if count.code else ""
    return Line(
        label=count.service,
        department=count.department,
        value=count.calls,
        at=count.last_at,
        url=f"{pages}?department={count.department}" if pages else "",
        note=note,
    )
