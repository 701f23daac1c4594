"""What the network counts: reports, filing, closing, on time, done again, overdue; each by district."""

from collections.abc import Callable
from datetime import datetime

from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import tally
from hunhe.networks.governance.content import SYSTEM
from hunhe.networks.governance.shapes import DistrictCount
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

OWNER = "urban_management"
MAY = "governance.may_see_problems"
Count = Callable[[DistrictCount], int]


def _indicator(id_: str, name: str, caliber: str, numerator: str, denominator: str = "", *, now: bool = False) -> Indicator:
    return Indicator(
        id=f"governance.{id_}",
        name=name,
        caliber=caliber,
        unit="%" if denominator else msgid("cases"),
        numerator=numerator,
        denominator=denominator,
        kind="share" if denominator else "count",
        period="now" if now else "today",
        owner=OWNER,
        may=MAY,
        river=id_ == "problems_today",
    )


DEFINED: tuple[tuple[Indicator, Count, Count | None], ...] = (
    (
        _indicator(
            "problems_today",
            msgid("Street problems reported"),
            msgid("Street problems first reported since 00:00; further reports of the same one do not count again."),
            msgid("problems reported today"),
        ),
        lambda one: one.reported,
        None,
    ),
    (
        _indicator(
            "closed_today",
            msgid("Street problems closed"),
            msgid("Street problems checked and closed since 00:00 and not opened again, whenever they were reported."),
            msgid("problems closed today"),
        ),
        lambda one: one.settled,
        None,
    ),
    (
        _indicator(
            "on_time_today",
            msgid("Fixed on time"),
            msgid("Of the street problems fixed since 00:00, those whose accepted fix came within the limit of their class."),
            msgid("fixed within the limit"),
            msgid("problems fixed today"),
        ),
        lambda one: one.on_time,
        lambda one: one.due,
    ),
    (
        _indicator(
            "filed_today",
            msgid("Filed as cases"),
            msgid("Of the street problems first reported since 00:00, those filed as cases by now."),
            msgid("problems filed"),
            msgid("problems reported today"),
        ),
        lambda one: one.filed,
        lambda one: one.reported,
    ),
    (
        _indicator(
            "rework_today",
            msgid("Done again"),
            msgid("Of the street problems fixed since 00:00, those that had been sent back at least once."),
            msgid("problems sent back"),
            msgid("problems fixed today"),
        ),
        lambda one: one.reworked,
        lambda one: one.fixed,
    ),
    (
        _indicator(
            "overdue_now",
            msgid("Street problems overdue"),
            msgid("Street problems under way whose present stage has passed its limit."),
            msgid("problems overdue"),
            now=True,
        ),
        lambda one: one.overdue,
        None,
    ),
)


def register() -> None:
    for indicator, value, whole in DEFINED:
        indicators.register_indicator(who=Who.system("start"), indicator=indicator, read=_reader(indicator, value, whole))


def _reader(indicator: Indicator, value: Count, whole: Count | None) -> Callable[[Who, Span], Reading]:
    def read(who: Who, span: Span) -> Reading:
        found, names = span.once("governance.districts", lambda: _counted(span))
        url = link("governance:overdue") if indicator.period == "now" else link("governance:board")
        lines = tuple(
            Line(
                label=names.get(one.district, one.district),
                department=OWNER,
                value=value(one),
                whole=whole(one) if whole else 0,
                at=one.last_at,
                division=one.district,
                url=f"{url}?district={one.district}" if url and indicator.period != "now" else url,
            )
            for one in found
            if value(one) or (whole and whole(one))
        )
        slots = span.by_slot((at, 1) for at in _moments(span)) if indicator.river else {}
        return Reading(lines=lines, as_of=span.now, slots=slots)

    return read


def _counted(span: Span) -> tuple[tuple[DistrictCount, ...], dict[str, str]]:
    districts = places.list_divisions(who=SYSTEM, level="district")
    return tally.by_district(span.start, span.end, span.now), {one.code: one.name for one in districts.items}


def _moments(span: Span) -> tuple[datetime, ...]:
    moments: tuple[datetime, ...] = span.once("governance.moments", lambda: tally.reported_at(span.start, span.end))
    return moments
