"""Subscriptions in the database: opening, reading, and moving their marks."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet

from hunhe.hub.exchange import feeds, models
from hunhe.hub.exchange.granting import grant_shape, today
from hunhe.hub.exchange.sealing import seal
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import NewSubscription, PushState, Subscription
from hunhe.hub.exchange.waking import JOB, start_wave, wave_key
from hunhe.hub.exchange.ways import WAYS
from hunhe.hub.exchange.webhook import new_secret
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import queries as jobs
from hunhe.stone import clock, ids
from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.who import Who

MOST = 20
_SYSTEM = Who.system("exchange")


def open_subscription(who: Who, grant_id: str, name: str, way: str, address: str) -> NewSubscription:
    """A receiver for the changes of a grant, from the next one on."""
    _check(name, way, address)
    with transaction.atomic():
        grant = models.Grant.objects.select_for_update().filter(id=grant_id, department=who.department or "").first()
        if grant is None:
            raise NotFound("exchange.grant.unknown", msgid("There is no such grant."))
        service = find_service(grant.service)
        if service is None or service.kind != "changes" or grant_shape(grant, day=today()).state != "active":
            raise Conflict("exchange.subscription.grant", msgid("Only a running grant for changes can be subscribed to."))
        if models.Subscription.objects.filter(grant=grant).count() >= MOST:
            raise Conflict("exchange.subscription.many", msgid("A grant has at most 20 receivers."))
        feed, secret, new = feeds.begin_feed(service.table), new_secret(), ids.new("subscription")
        row = models.Subscription.objects.create(
            id=new, grant=grant, department=grant.department, feed=feed, name=name.strip(), way=way, address=address.strip(),
            secret=seal(secret, new), sent=feed.last, acknowledged=feed.last, opened_by=who.id, opened_at=clock.now(),
        )  # fmt: skip
        audit.record(
            who=who, act="exchange.subscription.open", object=new, detail={"grant": grant_id, "way": way, "address": address}
        )
    return NewSubscription(shape(row), secret)


def pause(who: Who, subscription_id: str) -> Subscription:
    with transaction.atomic():
        row = held(who, subscription_id)
        row.state, row.busy = "paused", False
        row.wave += 1  # a job at work stops before its next batch
        row.save(update_fields=["state", "busy", "wave"])
        audit.record(who=who, act="exchange.subscription.pause", object=row.id)
    return shape(row)


def resume(who: Who, subscription_id: str) -> Subscription:
    """Run again, or try again at once after the receiver has failed."""
    with transaction.atomic():
        row = held(who, subscription_id)
        _run(row)
        audit.record(who=who, act="exchange.subscription.resume", object=row.id)
    return shape(row)


def replay(who: Who, subscription_id: str, after: int) -> Subscription:
    """Send everything after number `after` once more, under the same names."""
    with transaction.atomic():
        row = held(who, subscription_id)
        if not 0 <= after <= row.feed.last:
            raise Invalid("exchange.subscription.number", msgid("Give a number between 0 and %(last)s."), last=row.feed.last)
        row.acknowledged = after
        row.save(update_fields=["acknowledged"])
        _run(row)
        audit.record(who=who, act="exchange.subscription.replay", object=row.id, detail={"after": after})
    return shape(row)


def set_aside(who: Who, subscription_id: str) -> Subscription:
    """Put the batch that the receiver does not take aside, and go on with the next."""
    with transaction.atomic():
        row = held(who, subscription_id)
        now = shape(row)
        if now.push not in ("stuck", "retrying") or row.sent <= row.acknowledged:
            raise Conflict("exchange.subscription.nothing", msgid("Nothing is held up."))
        models.SetAside.objects.create(
            subscription=row, first=row.acknowledged + 1, last=row.sent, error=now.error, by=who.id, at=clock.now()
        )
        detail = {"first": row.acknowledged + 1, "last": row.sent}
        row.acknowledged = row.sent
        row.save(update_fields=["acknowledged"])
        _run(row)
        audit.record(who=who, act="exchange.subscription.set_aside", object=row.id, detail=detail)
    return shape(row)


def say_count(who: Who, subscription_id: str, day: date, count: int) -> None:
    """What the receiver counted on one day, to be compared with what it confirmed."""
    if not 0 <= count <= 10**12 or not date(2000, 1, 1) <= day <= today():
        raise Invalid("exchange.subscription.count", msgid("Give a day that has begun, and a number of rows."))
    with transaction.atomic():
        row = held(who, subscription_id)
        models.Handover.objects.update_or_create(subscription=row, day=day, defaults={"counted": count})
        audit.record(who=who, act="exchange.subscription.count", object=row.id, detail={"day": day.isoformat(), "count": count})


def held(who: Who, subscription_id: str) -> models.Subscription:
    """A subscription of the caller's department, locked; the city's operators reach all."""
    row = models.Subscription.objects.select_for_update().filter(id=subscription_id).first()
    if row is None or not (who.department == row.department or who.is_system or CROSS_DEPARTMENTS in who.may):
        raise _unknown()
    return row


def seen(who: Who, subscription_id: str) -> models.Subscription:
    row = visible(who).filter(id=subscription_id).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("exchange.subscription.unknown", msgid("There is no such subscription."))


def visible(who: Who) -> "QuerySet[models.Subscription]":
    """Subscriptions that the caller's department receives or provides; all for those who cross departments."""
    rows = models.Subscription.objects.select_related("grant", "feed")
    if who.is_system or CROSS_DEPARTMENTS in who.may:
        return rows
    own = rows.filter(department=who.department or "")
    return own | rows.filter(grant__provider=who.department or "")


def wake_grant(grant_id: str) -> None:
    """A grant runs again: what waited is sent."""
    rows = models.Subscription.objects.select_for_update().filter(grant_id=grant_id, state="active", busy=False)
    for row in rows.order_by("id"):
        _run(row)


def shapes(rows: Iterable[models.Subscription]) -> list[Subscription]:
    rows, day = list(rows), today()
    found = jobs.jobs_by_keys(who=_SYSTEM, kind=JOB, keys=tuple(wave_key(row) for row in rows if row.busy))
    shaped = []
    for row in rows:
        job = found.get(wave_key(row)) if row.busy else None
        ended = grant_shape(row.grant, day=day).state != "active"
        push: PushState = "caught_up"
        if ended:
            push = "ended"
        elif row.state == "paused":
            push = "paused"
        elif job is not None and job.state == "dead":
            push = "stuck"
        elif job is not None and job.error:
            push = "retrying"
        elif row.acknowledged < row.feed.last:
            push = "sending"
        shaped.append(
            Subscription(
                id=row.id, grant=row.grant_id, service=row.grant.service, department=row.department, provider=row.grant.provider,
                name=row.name, way=row.way, address=row.address, state="paused" if row.state == "paused" else "active", push=push,
                acknowledged=row.acknowledged, last=row.feed.last, sent=row.sent, acknowledged_at=row.acknowledged_at,
                tries=job.attempt if job else 0, error=job.error if job else "",
                next_try=job.run_at if job and push == "retrying" else None, opened_at=row.opened_at,
            )
        )  # fmt: skip
    return shaped


def shape(row: models.Subscription) -> Subscription:
    return shapes([row])[0]


def _run(row: models.Subscription) -> None:
    """Send what waits, in a job that starts afresh: one that gave up, or is still at work, is left behind."""
    row.state, row.busy = "active", False
    row.save(update_fields=["state", "busy"])
    if row.acknowledged < models.Feed.objects.values_list("last", flat=True).get(table=row.feed_id):
        start_wave(row)


def _check(name: str, way: str, address: str) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise Invalid("exchange.subscription.name", msgid("Give the receiver a name of up to 80 characters."))
    if way not in WAYS or len(address) > 500:
        raise Invalid("exchange.subscription.way", msgid("There is no such way to send."))
    WAYS[way].check(address.strip())


def handovers(row: models.Subscription) -> "QuerySet[models.Handover]":
    return models.Handover.objects.filter(subscription=row).order_by(F("day").desc())[:30]
