"""What the licence room counts: licences issued with their case, in force, revoked."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Max, Q

from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link
from hunhe.wallet.licence import models
from hunhe.wallet.licence.counting import in_state
from hunhe.wallet.licence.reading import department_names
from hunhe.wallet.licence.shapes import LicenceState
from hunhe.wallet.licence.sight import SEE

OWNER = "data_bureau"

ISSUED = Indicator(
    id="licence.issued_with_case_today",
    name=msgid("Licences issued with their case"),
    caliber=msgid(
        "Licences issued since 00:00 by the decision of a case, of all issued; new versions of old ones do not count."
    ),
    unit="%",
    numerator=msgid("issued with a case today"),
    denominator=msgid("issued today"),
    owner=OWNER,
    may=SEE,
    kind="share",
)
VALID = Indicator(
    id="licence.valid_now",
    name=msgid("Licences in force"),
    caliber=msgid("Licences that hold today; suspended, replaced, expired and revoked ones do not count."),
    unit=msgid("licences"),
    numerator=msgid("in force now"),
    period="now",
    owner=OWNER,
    may=SEE,
)
REVOKED = Indicator(
    id="licence.revoked_today",
    name=msgid("Licences revoked"),
    caliber=msgid("Licences that their issuers revoked since 00:00."),
    unit=msgid("licences"),
    numerator=msgid("revoked today"),
    owner=OWNER,
    may=SEE,
)
ELDER_CARDS = Indicator(
    id="licence.elder_cards_now",
    name=msgid("Elder service cards"),
    caliber=msgid("Elder service cards ever issued, whatever has become of them; new versions of old ones do not count."),
    unit=msgid("cards"),
    numerator=msgid("elder service cards issued"),
    period="now",
    owner="civil_affairs",
    may=SEE,
)
ELDER_CARD = "elder_card"


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=ISSUED, read=_issued)
    indicators.register_indicator(who=start, indicator=VALID, read=_valid)
    indicators.register_indicator(who=start, indicator=REVOKED, read=_revoked)
    indicators.register_indicator(who=start, indicator=ELDER_CARDS, read=_elder_cards)


def _issued(who: Who, span: Span) -> Reading:
    rows = models.Licence.objects.filter(issued_at__gte=span.start, issued_at__lt=span.end, version=1).values("issuer")
    counted = rows.annotate(whole=Count("id"), value=Count("id", filter=~Q(case_id="")), at=Max("issued_at")).order_by("issuer")
    return Reading(lines=_lines((row["issuer"], row["value"], row["whole"], row["at"]) for row in counted), as_of=span.now)


def _valid(who: Who, span: Span) -> Reading:
    rows = models.Licence.objects.filter(in_state(LicenceState.VALID)).values("issuer")
    counted = rows.annotate(value=Count("id"), at=Max("issued_at")).order_by("issuer")
    return Reading(lines=_lines((row["issuer"], row["value"], 0, row["at"]) for row in counted), as_of=span.now)


def _revoked(who: Who, span: Span) -> Reading:
    rows = models.Change.objects.filter(state=LicenceState.REVOKED, at__gte=span.start, at__lt=span.end)
    counted = rows.values("licence__issuer").annotate(value=Count("id"), last=Max("at")).order_by("licence__issuer")
    return Reading(lines=_lines((row["licence__issuer"], row["value"], 0, row["last"]) for row in counted), as_of=span.now)


def _elder_cards(who: Who, span: Span) -> Reading:
    rows = models.Licence.objects.filter(type=ELDER_CARD, version=1).values("issuer")
    counted = rows.annotate(value=Count("id"), at=Max("issued_at")).order_by("issuer")
    return Reading(lines=_lines((row["issuer"], row["value"], 0, row["at"]) for row in counted), as_of=span.now)


def _lines(counted: Iterable[tuple[str, int, int, datetime]]) -> tuple[Line, ...]:
    names = department_names()
    return tuple(
        Line(label=names.get(issuer, issuer), department=issuer, value=value, whole=whole, at=at, url=link("licence:licences"))
        for issuer, value, whole, at in counted
    )
