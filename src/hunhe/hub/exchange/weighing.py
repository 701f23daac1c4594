"""A grant request with everything looked up for the person who decides about it."""

from datetime import timedelta

from django.db.models import Max

from hunhe.hub.exchange import models
from hunhe.hub.exchange.granting import grant_shapes, today
from hunhe.hub.exchange.rules.applications import from_facts
from hunhe.hub.exchange.rules.deciding import minimal
from hunhe.hub.exchange.rules.quota import suggested_quota
from hunhe.hub.exchange.rules.requests import BY_KEY
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Application, GrantRequest, RequestCheck, Service
from hunhe.hub.lake import queries as lake
from hunhe.kernel.flow import queries as flow
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, NotFound, msgid
from hunhe.stone.who import Who

PROCEDURE = "grant_request"
_SYSTEM = Who.system("exchange")
_FRESH = timedelta(days=2)
_LOOK_BACK = timedelta(days=90)


def weigh_request(who: Who, case_id: str) -> GrantRequest:
    """Read the case as `who` may see it, and look up what a provider should know."""
    case = flow.case_by_id(who=who, case_id=case_id)
    if case.procedure != PROCEDURE:
        raise NotFound("exchange.application.unknown", msgid("This case is no grant request."))
    asked = from_facts(case.facts)
    service = find_service(asked.service)
    if service is None:
        raise Conflict("exchange.service.gone", msgid("The resource is no longer published."))
    busiest = _busiest_day(service.resource)
    quota = suggested_quota(asked.quota_per_day, busiest)
    others = models.Grant.objects.filter(resource=service.resource, state="active").order_by("-id")[:12]
    return GrantRequest(
        case_id=case.id,
        number=case.number,
        stage=case.stage,
        state=case.state,
        rev=case.rev,
        department=case.department,
        provider=service.department,
        service=service,
        application=asked,
        suggested=minimal(service.columns, asked.columns, _used_columns(service, asked)),
        suggested_quota=quota,
        checks=_checks(service, asked, busiest),
        others=tuple(grant_shapes(others)),
        due_at=case.due_at,
        moves=flow.moves_for(who=who, case_id=case_id),
    )


def _used_columns(service: Service, asked: Application) -> tuple[str, ...]:
    """Columns that the procedures of the calling cases know as facts; none when nothing is known about them."""
    if not asked.procedures:
        return ()
    facts = {fact.id for card in flow.list_procedures(who=_SYSTEM) if card.id in asked.procedures for fact in card.facts}
    return tuple(column.name for column in service.columns if column.name in facts)


def _busiest_day(resource: str) -> int | None:
    grants = models.Grant.objects.filter(resource=resource).values("id")
    days = models.Meter.objects.filter(grant__in=grants, day__gte=today() - _LOOK_BACK)
    most: int | None = days.aggregate(most=Max("used"))["most"]
    return most


def _checks(service: Service, asked: Application, busiest: int | None) -> tuple[RequestCheck, ...]:
    known = {card.id for card in flow.list_procedures(who=_SYSTEM)}
    version = lake.active(who=_SYSTEM, table=service.table)
    quota = suggested_quota(asked.quota_per_day, busiest)
    found = [
        RequestCheck("case_demanded", bool(asked.procedures)),
        RequestCheck("basis", bool(asked.basis)),
        RequestCheck(
            "sharing", service.sharing == "unconditional" or bool(service.condition), {"condition": service.condition}
        ),
        RequestCheck(
            "fresh", version is not None and clock.now() - version.at < _FRESH, {"at": version.at if version else None}
        ),
        RequestCheck("no_bulk", service.kind in BY_KEY),
        RequestCheck("told_at_once", asked.hold_until is None, {"until": asked.hold_until}),
        RequestCheck(
            "quota", quota >= asked.quota_per_day, {"asked": asked.quota_per_day, "busiest": busiest, "suggested": quota}
        ),
    ]
    if asked.procedures:
        found.insert(0, RequestCheck("procedure_known", set(asked.procedures) <= known, {"procedures": asked.procedures}))
    return tuple(found)
