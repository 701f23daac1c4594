"""Grants in the database: reading them as shapes, and changing them so that a running lane notices at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from hunhe.hub.exchange import models
from hunhe.hub.exchange.rules.deciding import state_on
from hunhe.hub.exchange.rules.quota import day_of
from hunhe.hub.exchange.shapes import Grant, GrantState, Service
from hunhe.hub.themes import queries as themes
from hunhe.stone import clock
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

_SYSTEM = Who.system("exchange")
_READ = "SELECT number FROM exchange_edition WHERE id = 1"
_LOCK = f"{_READ} FOR UPDATE"


def city_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def today() -> date:
    return day_of(clock.now(), city_zone())


def grant_shape(row: models.Grant, used_today: int = 0, *, day: date | None = None) -> Grant:
    """A grant as others see it. With `day` the state says whether it has expired by then."""
    state: GrantState = row.state  # type: ignore[assignment]  # the column holds only grant states
    return Grant(
        id=row.id,
        case_id=row.case_id,
        service=row.service,
        resource=row.resource,
        department=row.department,
        provider=row.provider,
        purpose=row.purpose,
        basis=row.basis,
        columns=row.columns,
        procedures=tuple(row.procedures),
        quota_per_day=row.quota_per_day,
        expires_on=row.expires_on,
        state=state if day is None else state_on(state, row.expires_on, day),
        reason=row.reason,
        opened_at=row.opened_at,
        hold_basis=row.hold_basis,
        hold_until=row.hold_until,
        overreach=row.overreach,
        used_today=used_today,
        row_filter=row.row_filter,
    )


def as_given(row: models.Grant, service: Service | None, *, day: date | None = None) -> Grant:
    """A grant as data leaves under it: without the columns that their department has withdrawn from everybody."""
    withdrawn = themes.withdrawn_columns(who=_SYSTEM, table=service.table) if service else frozenset[str]()
    return grant_shape(row, day=day).without(withdrawn)


def grant_shapes(rows: Iterable[models.Grant]) -> list[Grant]:
    """Several grants with what each has used today, in one more query."""
    rows, day = list(rows), today()
    meters = models.Meter.objects.filter(grant_id__in=[row.id for row in rows], day=day).values_list("grant_id", "used")
    used: Mapping[str, int] = dict(meters)
    return [grant_shape(row, used.get(row.id, 0), day=day) for row in rows]


def bump_edition() -> None:
    """Tell every lane, in this transaction, that grants have changed."""
    if not models.Edition.objects.filter(id=1).update(number=F("number") + 1):
        models.Edition.objects.get_or_create(id=1, defaults={"number": 1})


def lock_edition() -> int:
    """The edition of grants, held until this transaction ends, so that calls and changes pass one after the other."""
    with connection.cursor() as cursor:  # once a batch on the hot path: no ORM
        cursor.execute(_LOCK if connection.features.has_select_for_update else _READ)
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    models.Edition.objects.get_or_create(id=1)
    return models.Edition.objects.select_for_update().get(id=1).number


def change_state(grant_id: str, state: GrantState, reason: str) -> models.Grant:
    """Set a grant's state in the current transaction; the next call already meets it."""
    with transaction.atomic():
        lock_edition()
        row = models.Grant.objects.select_for_update().filter(id=grant_id).first()
        if row is None:
            raise no_such_grant()
        row.state, row.reason, row.changed_at = state, reason, clock.now()
        row.save(update_fields=["state", "reason", "changed_at"])
        bump_edition()
    return row


def no_such_grant() -> NotFound:
    return NotFound("exchange.grant.unknown", msgid("There is no such grant."))
