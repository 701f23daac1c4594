"""What the wall counts itself: what rooms below the registry of indicators keep, and its own orders."""

from collections.abc import Callable

from django.db.models import Count, Max

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.identity import queries as identity
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.kernel.org import queries as org
from hunhe.kernel.places import queries as places
from hunhe.portals.cockpit import models, orders
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

OWNER = "data_bureau"


def _now(id_: str, name: str, caliber: str, unit: str, numerator: str) -> Indicator:
    return Indicator(
        id=f"cockpit.{id_}_now", name=name, caliber=caliber, unit=unit, numerator=numerator, period="now", owner=OWNER
    )


def _districts(who: Who, span: Span) -> Reading:
    found = places.list_divisions(who=who, level="district").items
    return Reading(lines=tuple(Line(label=one.name, value=1, division=one.code) for one in found), as_of=span.now)


def _departments(who: Who, span: Span) -> Reading:
    found = [one for one in org.list_departments(who=who) if one.in_use]
    return Reading(lines=tuple(Line(label=one.name, department=one.code, value=1) for one in found), as_of=span.now)


def _officials(who: Who, span: Span) -> Reading:
    names = {one.code: one.name for one in org.list_departments(who=who)}
    counted = identity.officials_by_department(who=who)
    lines = (Line(label=names.get(code, code), department=code, value=n) for code, n in counted.items())
    return Reading(lines=tuple(lines), as_of=span.now)


def _log_entries(who: Who, span: Span) -> Reading:
    size = audit.log_size(who=who)
    return Reading(lines=(Line(label=msgid("sealed in the log"), value=size.sealed, at=span.now),), as_of=span.now)


def _orders(who: Who, span: Span) -> Reading:
    rows = models.Order.objects.filter(state__in=orders.OPEN).values("answering")
    counted = rows.annotate(n=Count("case_id"), last=Max("asked_at")).order_by("answering")
    names = {one.code: one.name for one in org.list_departments(who=who)}
    lines = tuple(
        Line(
            label=names.get(row["answering"], row["answering"]),
            department=row["answering"],
            value=row["n"],
            at=row["last"],
            url=link("cockpit:orders"),
        )
        for row in counted
    )
    return Reading(lines=lines, as_of=span.now)


DEFINED: tuple[tuple[Indicator, Callable[[Who, Span], Reading]], ...] = (
    (
        _now(
            "districts",
            msgid("Districts and counties"),
            msgid("Districts and counties in the city's list of divisions, whether their systems are connected or not."),
            msgid("districts"),
            msgid("districts in the list"),
        ),
        _districts,
    ),
    (
        _now(
            "departments",
            msgid("Departments in the city"),
            msgid("Departments in force in the city's list, whether anybody works there with this city's pages or not."),
            msgid("departments"),
            msgid("departments in force"),
        ),
        _departments,
    ),
    (
        _now(
            "officials",
            msgid("People who work here"),
            msgid("Accounts of officials that may sign in, each once, whatever number of posts they hold."),
            msgid("people"),
            msgid("officials' accounts in use"),
        ),
        _officials,
    ),
    (
        _now(
            "log_entries",
            msgid("Entries sealed in the log"),
            msgid(
                "Writes and looks at personal data that stand sealed in the log which cannot be changed unseen, since its first day."
            ),
            msgid("entries"),
            msgid("entries sealed"),
        ),
        _log_entries,
    ),
    (
        _now(
            "orders",
            msgid("Orders running"),
            msgid("Questions about a number of this city that are not closed or taken back, answered ones among them."),
            msgid("orders"),
            msgid("orders not closed"),
        ),
        _orders,
    ),
)


def register() -> None:
    for indicator, read in DEFINED:
        indicators.register_indicator(who=Who.system("start"), indicator=indicator, read=read)
