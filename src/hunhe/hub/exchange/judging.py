"""What flow asks the exchange before a grant request is opened, sent again or granted: whoever moves the case, by whatever page."""

from datetime import date

from hunhe.hub.exchange.content import limits
from hunhe.hub.exchange.granting import today
from hunhe.hub.exchange.rules.applications import check_application, check_choices, check_filter, check_terms, from_facts
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Service
from hunhe.kernel.flow.shapes import Asked
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid

APPLICATION, DECISION = "exchange.application", "exchange.decision"


def application(asked: Asked) -> None:
    """What is asked for can be asked for, of the department whose data it is."""
    facts = asked.facts
    found = find_service(str(facts["service"]))
    if found is None or (found.resource, found.department) != (facts["resource"], facts["provider_department"]):
        raise NotFound("exchange.service.unknown", msgid("There is no such service, or its resource is not published."))
    check_application(found, from_facts(facts), today(), limits())


def decision(asked: Asked) -> None:
    """A choice for the columns asked for; neither quota nor last day beyond what was asked."""
    facts = asked.facts
    wanted = from_facts(facts)
    service = _running(wanted.service)
    check_choices(service, wanted.columns, facts["decision"])
    check_filter(service, str(facts.get("row_filter", "")))
    quota = int(facts.get("granted_quota", wanted.quota_per_day))
    until = date.fromisoformat(facts.get("granted_until", wanted.expires_on.isoformat()))
    check_terms(quota, until, today(), limits())
    if quota > wanted.quota_per_day or until > wanted.expires_on:
        raise Invalid("exchange.decision.more", msgid("More was granted than was asked for."))


def _running(code: str) -> Service:
    found = find_service(code)
    if found is None:
        raise Conflict("exchange.service.gone", msgid("The resource is no longer published."))
    return found
