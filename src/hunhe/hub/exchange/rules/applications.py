"""Is an application for a grant in order, and what does its case remember."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hunhe.hub.exchange.rules.limits import Limits
from hunhe.hub.exchange.rules.requests import BY_KEY
from hunhe.hub.exchange.rules.row_filter import parse_filter, write_filter
from hunhe.hub.exchange.shapes import Application, ColumnChoice, Service
from hunhe.stone.errors import Invalid, msgid

CHOICES: tuple[ColumnChoice, ...] = ("give", "mask", "withhold")
QUOTA_LIMIT = 10_000_000


def check_application(service: Service, asked: Application, today: date, limits: Limits) -> None:
    """Invalid with the first thing that cannot be asked for."""
    known = {column.name for column in service.columns}
    strange = [name for name in asked.columns if name not in known]
    if not asked.columns or strange:
        raise Invalid(
            "exchange.application.columns",
            msgid("Choose columns of this service; it has no “%(name)s”."),
            name=", ".join(strange)[:80],
        )
    if not 0 < len(asked.purpose.strip()) <= 200 or not asked.purpose.isprintable():
        raise Invalid("exchange.application.purpose", msgid("Say in one line, up to 200 characters, what the data is for."))
    if not asked.basis.strip() or len(asked.basis) > 2000:
        raise Invalid("exchange.application.basis", msgid("Name the law or rule that lets you ask."))
    check_terms(asked.quota_per_day, asked.expires_on, today, limits)
    if asked.procedures and service.kind not in BY_KEY:
        raise Invalid(
            "exchange.application.many",
            msgid("With a case only one person can be asked about: apply for look-up or verification."),
        )
    if service.subject_base is None and asked.procedures:
        raise Invalid("exchange.application.procedure", msgid("These rows are about nobody, so a case cannot be demanded."))
    if asked.hold_until is not None:
        _check_hold(asked, today, limits)


def check_terms(quota_per_day: int, expires_on: date, today: date, limits: Limits) -> None:
    """Quota and last day within what the city allows."""
    if not 1 <= quota_per_day <= QUOTA_LIMIT:
        raise Invalid("exchange.application.quota", msgid("The daily quota must lie between 1 and %(most)s."), most=QUOTA_LIMIT)
    if not today <= expires_on <= today + timedelta(days=limits.grant_days):
        raise Invalid(
            "exchange.application.expiry",
            msgid("The last day must lie within %(days)s days from today."),
            days=limits.grant_days,
        )


def _check_hold(asked: Application, today: date, limits: Limits) -> None:
    if not asked.hold_basis.strip():
        raise Invalid("exchange.application.hold", msgid("Telling the person later needs a legal basis."))
    if asked.hold_until is None or not today < asked.hold_until <= today + timedelta(days=limits.hold_days):
        raise Invalid(
            "exchange.application.hold_days", msgid("The person must be told within %(days)s days."), days=limits.hold_days
        )


def check_choices(service: Service, asked: tuple[str, ...], choices: Mapping[str, str]) -> dict[str, ColumnChoice]:
    """The provider's word on each asked-for column; what is not mentioned is withheld."""
    known = {column.name for column in service.columns}
    for name, choice in choices.items():
        if name not in asked or name not in known:
            raise Invalid("exchange.decision.column", msgid("“%(name)s” was not asked for."), name=name[:80])
        if choice not in CHOICES:
            raise Invalid("exchange.decision.choice", msgid("A column is given, masked or withheld."))
    decided: dict[str, ColumnChoice] = {}
    for name in asked:
        decided[name] = choices.get(name, "withhold")  # type: ignore[assignment]  # checked above
    if service.kind == "aggregate" and "mask" in decided.values():
        raise Invalid("exchange.decision.mask", msgid("Counts are by whole values: give the column or withhold it."))
    if all(choice == "withhold" for choice in decided.values()):
        raise Invalid("exchange.decision.nothing", msgid("Nothing would be given. Refuse the application instead."))
    return decided


def check_filter(service: Service, text: str) -> str:
    """The provider's row filter as it is kept. Counts take none: those of two filters could be subtracted from one another."""
    conditions = parse_filter(text, (column.name for column in service.columns))
    if conditions and service.kind == "aggregate":
        raise Invalid("exchange.decision.filter", msgid("Counts are given without a row filter."))
    return write_filter(conditions)


def to_facts(service: Service, asked: Application) -> dict[str, Any]:
    """The application as facts of its case."""
    facts = {
        "service": service.code,
        "resource": service.resource,
        "provider_department": service.department,
        "columns": list(asked.columns),
        "purpose": asked.purpose.strip(),
        "basis": asked.basis.strip(),
        "procedures": list(asked.procedures),
        "quota_per_day": asked.quota_per_day,
        "expires_on": asked.expires_on.isoformat(),
    }
    if asked.hold_until is not None:
        facts |= {"hold_basis": asked.hold_basis.strip(), "hold_until": asked.hold_until.isoformat()}
    return facts


def from_facts(facts: Mapping[str, Any]) -> Application:
    """What `to_facts` wrote."""
    return Application(
        service=str(facts["service"]),
        columns=tuple(str(name) for name in facts["columns"]),
        purpose=str(facts["purpose"]),
        basis=str(facts["basis"]),
        procedures=tuple(str(name) for name in facts.get("procedures", ())),
        quota_per_day=int(facts["quota_per_day"]),
        expires_on=date.fromisoformat(facts["expires_on"]),
        hold_basis=str(facts.get("hold_basis", "")),
        hold_until=date.fromisoformat(facts["hold_until"]) if facts.get("hold_until") else None,
    )
