"""Pushing changes to one receiver, batch by batch, until it has them all.

Before a batch leaves, the grant is read anew and the batch is on record; after the receiver has confirmed it, the mark moves.
Killed in between, the same batch goes out again under the same names, and the receiver knows it by them.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from hunhe.hub.exchange import feeds, models
from hunhe.hub.exchange.granting import as_given, city_zone, today
from hunhe.hub.exchange.rules.deciding import Plan, plan_answer
from hunhe.hub.exchange.rules.feeding import Told
from hunhe.hub.exchange.rules.quota import is_spent, seconds_left
from hunhe.hub.exchange.sealing import unseal
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Grant
from hunhe.hub.exchange.waking import start_wave
from hunhe.hub.exchange.ways import Parcel, Way, open_way
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.stone import clock, ids
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who

ROWS_A_BATCH = 500
ATTEMPTS = 24
_AGAIN = timedelta(seconds=2)
_SYSTEM = Who.system("exchange")


def push(job: Job) -> None:
    """In a batch process: send until nothing is left, the grant ends, or the receiver fails."""
    row = models.Subscription.objects.get(id=job.payload["subscription"])
    way: Way = open_way(row.way, row.address, unseal(row.secret, row.id))
    moved = False
    try:
        while (parcel := _take(row.id, job)) is not None:
            if parcel.changes:
                way.send(parcel)
            moved = _confirm(parcel) or moved
    except (OSError, HunheError):
        if not moved:
            raise
        _start_anew(row.id, job)
    finally:
        way.close()


def _take(subscription: str, job: Job) -> Parcel | None:
    """The next batch, on record before it leaves; None when this job is over."""
    with transaction.atomic():
        row = models.Subscription.objects.select_for_update().get(id=subscription)
        if row.wave != job.payload["wave"]:
            events.finish_job(who=_SYSTEM, job=job)
            return None
        held = models.Grant.objects.get(id=row.grant_id)
        service = find_service(held.service)
        grant = as_given(held, service, day=today())
        if row.state != "active" or grant.state != "active" or service is None:
            _rest(row, job)
            return None
        plan = plan_answer(service, grant, None, ())
        reach = feeds.read_feed(grant, service, plan, row.acknowledged, ROWS_A_BATCH)
        if reach.through <= row.acknowledged:
            _rest(row, job)
            return None
        if reach.changes:
            if _spent(grant):
                start_wave(row, clock.now() + timedelta(seconds=seconds_left(clock.now(), city_zone()) + 1))
                events.finish_job(who=_SYSTEM, job=job)
                return None
            _write_down(row, grant, plan, reach.changes)
        return Parcel(row.id, grant.service, row.acknowledged, reach.through, reach.changes)


def _rest(row: models.Subscription, job: Job) -> None:
    """Nothing to send now; the next change, or whoever lets the subscription run again, wakes it."""
    row.busy = False
    row.save(update_fields=["busy"])
    events.finish_job(who=_SYSTEM, job=job)


def _spent(grant: Grant) -> bool:
    used = models.Meter.objects.filter(grant_id=grant.id, day=today()).values_list("used", flat=True).first()
    return is_spent(used or 0, grant.quota_per_day)


def _write_down(row: models.Subscription, grant: Grant, plan: Plan, changes: Sequence[Told]) -> None:
    """Entry, call and meter of a batch that leaves for the first time; one that leaves again is counted as repeated."""
    first, last = changes[0].number, changes[-1].number
    if last <= row.sent:
        _add(row, repeated=len(changes))
        return
    who = Who.system("exchange.push", on_behalf_of=row.id)
    detail = {"grant": grant.id, "service": grant.service, "first": first, "last": last, "rows": len(changes)}
    [receipt] = audit.record_and_seal(
        who=_SYSTEM, entries=[NewEntry(who=who, act="exchange.push.sent", object=row.id, detail=detail)]
    )
    models.Call.objects.create(
        id=ids.new("call"), at=clock.now(), day=today(), client=row.id, department=row.department, service=grant.service,
        resource=grant.resource, version=changes[-1].version, grant_id=grant.id, purpose=grant.purpose, outcome="given",
        given=plan.selection.given, masked=plan.selection.masked, withheld=plan.selection.withheld, entry_id=receipt.entry_id,
        leaf_hash=receipt.leaf_hash, rows=len(changes),
    )  # fmt: skip
    meter, _ = models.Meter.objects.get_or_create(grant_id=grant.id, day=today())
    models.Meter.objects.filter(pk=meter.pk).update(used=F("used") + 1)
    row.sent = last
    row.save(update_fields=["sent"])


def _confirm(parcel: Parcel) -> bool:
    """Move the mark, unless somebody has moved it meanwhile to have changes again."""
    with transaction.atomic():
        row = models.Subscription.objects.select_for_update().get(id=parcel.subscription)
        if row.acknowledged != parcel.since:
            return False
        row.acknowledged = parcel.through
        if parcel.changes:
            row.acknowledged_at = clock.now()
            _add(row, acknowledged=len(parcel.changes))
        row.save(update_fields=["acknowledged", "acknowledged_at"])
    return True


def _start_anew(subscription: str, job: Job) -> None:
    """After progress the tries are counted from one again."""
    with transaction.atomic():
        row = models.Subscription.objects.select_for_update().get(id=subscription)
        if row.wave == job.payload["wave"]:
            start_wave(row, clock.now() + _AGAIN)
        events.finish_job(who=_SYSTEM, job=job)


def _add(row: models.Subscription, *, acknowledged: int = 0, repeated: int = 0) -> None:
    day, _ = models.Handover.objects.get_or_create(subscription=row, day=today())
    models.Handover.objects.filter(pk=day.pk).update(
        acknowledged=F("acknowledged") + acknowledged, repeated=F("repeated") + repeated
    )
