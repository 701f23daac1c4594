"""What flow asks of the exchange when a grant request has been decided."""

from datetime import date

from django.db import transaction

from hunhe.hub.exchange import models
from hunhe.hub.exchange.feeds import begin_feed
from hunhe.hub.exchange.granting import bump_edition, lock_edition
from hunhe.hub.exchange.rules.applications import check_choices, check_filter, from_facts
from hunhe.hub.exchange.services import find_service
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow.shapes import Effect
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who

OPEN_GRANT = "exchange.open_grant"


def open_grant(effect: Effect) -> None:
    """Create the grant that a case has decided; the same case again changes nothing. Conflict when the service is gone."""
    case, facts = effect.case, effect.case.facts
    asked = from_facts(facts)
    service = find_service(asked.service)
    if service is None:
        raise Conflict("exchange.service.gone", msgid("The resource is no longer published."))
    columns = check_choices(service, asked.columns, facts.get("decision", {}))
    row_filter = check_filter(service, str(facts.get("row_filter", "")))
    who = Who.system(OPEN_GRANT, on_behalf_of=effect.by)
    now = clock.now()
    with transaction.atomic():
        lock_edition()
        grant, created = models.Grant.objects.get_or_create(
            case_id=case.id,
            defaults={
                "id": ids.new("grant"),
                "service": service.code,
                "resource": service.resource,
                "department": case.department,
                "provider": service.department,
                "purpose": asked.purpose,
                "basis": asked.basis,
                "columns": columns,
                "procedures": list(asked.procedures),
                "row_filter": row_filter,
                "quota_per_day": int(facts.get("granted_quota") or asked.quota_per_day),
                "expires_on": date.fromisoformat(facts.get("granted_until") or asked.expires_on.isoformat()),
                "hold_basis": asked.hold_basis,
                "hold_until": asked.hold_until,
                "opened_at": now,
                "changed_at": now,
            },
        )
        if not created:
            return
        bump_edition()
        if service.kind == "changes":
            begin_feed(service.table)
        detail = {
            "case": case.id,
            "service": service.code,
            "columns": columns,
            "row_filter": row_filter,
            "quota_per_day": grant.quota_per_day,
        }
        audit.record(who=who, act="exchange.grant.open", object=grant.id, detail=detail)
        events.publish(
            who=who,
            name="exchange.grant.opened",
            aggregate=grant.id,
            payload={"grant": grant.id, "department": grant.department, "provider": grant.provider, "service": grant.service},
        )
