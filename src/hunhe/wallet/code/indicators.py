"""What the code counts: scans, scans that did not pass, devices that can show a code."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import CharField, Count, Max, Q
from django.db.models.functions import Cast, Substr

from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link
from hunhe.wallet.code import models
from hunhe.wallet.functions import queries as functions

FRESH = 3600
OWNER = "data_bureau"
_TEN_MINUTES = Substr(Cast("at", CharField(max_length=40)), 1, 15)

SCANS = Indicator(
    id="code.scans_today",
    name=msgid("Code scans"),
    caliber=msgid("Scans of the city's code since 00:00 at registered terminals, passed or refused; each has a receipt."),
    unit=msgid("times"),
    numerator=msgid("scans today"),
    owner=OWNER,
    may="code.may_scan",
    fresh=FRESH,
)
REFUSED = Indicator(
    id="code.refused_today",
    name=msgid("Scans that did not pass"),
    caliber=msgid("Scans since 00:00 that were refused with a reason of the closed list, of all scans."),
    unit="%",
    numerator=msgid("refused today"),
    denominator=msgid("scans today"),
    owner=OWNER,
    may="code.may_scan",
    fresh=FRESH,
    kind="share",
)
DEVICES = Indicator(
    id="code.devices_now",
    name=msgid("Devices that show a code"),
    caliber=msgid("Phones and browsers enrolled and not removed; a person may have up to five."),
    unit=msgid("devices"),
    numerator=msgid("devices in use now"),
    period="now",
    owner=OWNER,
)
REGISTERED = Indicator(
    id="code.registered_now",
    name=msgid("People with a code"),
    caliber=msgid("People who have ever enrolled a device for the city's code, each once, whether it is still in use or not."),
    unit=msgid("people"),
    numerator=msgid("people who enrolled a device"),
    period="now",
    owner=OWNER,
)
REAL_PERSONS = Indicator(
    id="code.real_persons_now",
    name=msgid("Real persons confirmed"),
    caliber=msgid("People whom the police have confirmed before a camera at least once, each once."),
    unit=msgid("people"),
    numerator=msgid("people confirmed by the police"),
    period="now",
    owner=OWNER,
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=SCANS, read=_scans)
    indicators.register_indicator(who=start, indicator=REFUSED, read=_refused)
    indicators.register_indicator(who=start, indicator=DEVICES, read=_devices)
    indicators.register_indicator(who=start, indicator=REGISTERED, read=_registered)
    indicators.register_indicator(who=start, indicator=REAL_PERSONS, read=_real_persons)


def _scans(who: Who, span: Span) -> Reading:
    found, slots = _counted(span)
    lines = tuple(_line(row, row["scans"], 0) for row in found)
    return Reading(lines=lines, as_of=_newest(found), slots=span.by_slot((at, scans) for at, scans in slots))


def _refused(who: Who, span: Span) -> Reading:
    found, _ = _counted(span)
    return Reading(lines=tuple(_line(row, row["refused"], row["scans"]) for row in found), as_of=_newest(found))


def _devices(who: Who, span: Span) -> Reading:
    count = models.Device.objects.filter(state="active").aggregate(n=Count("id"), last=Max("enrolled_at"))
    line = Line(label=msgid("enrolled and not removed"), value=count["n"], at=count["last"])
    return Reading(lines=(line,), as_of=span.now)


def _registered(who: Who, span: Span) -> Reading:
    found = models.Device.objects.aggregate(n=Count("subject_id", distinct=True), last=Max("enrolled_at"))
    line = Line(label=msgid("people who enrolled a device"), value=found["n"], at=found["last"])
    return Reading(lines=(line,), as_of=span.now)


def _real_persons(who: Who, span: Span) -> Reading:
    passed = models.Liveness.objects.filter(state="passed")
    found = passed.aggregate(n=Count("subject_id", distinct=True), last=Max("answered_at"))
    line = Line(label=msgid("people confirmed by the police"), value=found["n"], at=found["last"])
    return Reading(lines=(line,), as_of=span.now)


def _counted(span: Span) -> tuple[list[dict[str, Any]], list[tuple[datetime, int]]]:
    """By department and function, and by ten minutes: counted once for both indicators."""

    def count() -> tuple[list[dict[str, Any]], list[tuple[datetime, int]]]:
        rows = models.Scan.objects.filter(at__gte=span.start, at__lt=span.end).exclude(terminal_id="")
        grouped = rows.values("department", "function").annotate(
            scans=Count("id"), refused=Count("id", filter=Q(outcome="refused")), last=Max("at")
        )
        slots = rows.annotate(ten=_TEN_MINUTES).values("ten").annotate(n=Count("id")).order_by("ten")
        return [dict(row) for row in grouped.order_by("-scans")], [(_moment(row["ten"]), row["n"]) for row in slots]

    found: tuple[list[dict[str, Any]], list[tuple[datetime, int]]] = span.once("code.scans", count)
    return found


def _line(row: dict[str, Any], value: int, whole: int) -> Line:
    names = {function.id: function.name for function in functions.list_functions(who=Who.system("code"))}
    label = names.get(row["function"], row["function"])
    return Line(label=label, department=row["department"], value=value, whole=whole, at=row["last"], url=link("code:terminal"))


def _newest(found: Iterable[dict[str, Any]]) -> datetime | None:
    return max((row["last"] for row in found), default=None)


def _moment(ten: str) -> datetime:
    return datetime.strptime(ten + "0", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
