"""Making a version of a licence: its number, its first line of history, and the job that makes its paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from hunhe.hub.bases import queries as bases
from hunhe.kernel.city import queries as city
from hunhe.kernel.events import actions as events
from hunhe.stone import clock, ids
from hunhe.stone.crypto import profile
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import history, models
from hunhe.wallet.licence.reading import today
from hunhe.wallet.licence.rules.identifier import Identifier, serial_of, version_of
from hunhe.wallet.licence.rules.kinds import Kind
from hunhe.wallet.licence.shapes import LicenceState

SEAL = "licence.seal"
_AREA = 6


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued. before: the version it takes the place of, if any."""

    kind: Kind
    holder: str
    case_id: str
    values: Mapping[str, str]
    valid_from: date
    valid_until: date | None
    key: str
    before: models.Licence | None = None


def check_key(key: str, most: int) -> None:
    if not 0 < len(key) <= most:
        raise Invalid("licence.key", msgid("The key of this call has 1 to %(most)s characters."), most=most)


def issue(who: Who, order: Order) -> models.Licence:
    """The licence of this order; the same key again is the same licence, Conflict when it was ordered otherwise."""
    digest = _digest(order)
    with transaction.atomic():
        known = models.Licence.objects.filter(key=order.key).first()
        if known is not None:
            return _same(known, digest)
        _check_days(order)
        holder = bases.resolve_alias(who=Who.system("licence"), subject_id=order.holder)
        row = _row(order, holder, digest)
        row.save(force_insert=True)
        history.begin(who, row)
        events.enqueue_job(who=Who.system("licence"), kind=SEAL, key=row.id, payload={"licence": row.id})
        payload = {"licence": row.id, "type": row.type, "holder": row.holder, "case": row.case_id, "version": row.version}
        events.publish(who=who, name="licence.licence.issued", aggregate=row.id, payload=payload)
    return row


def _row(order: Order, holder: str, digest: str) -> models.Licence:
    now, kind, before = clock.now(), order.kind, order.before
    issuer_code = before.issuer_code if before else kind.issuer_code or _area_code()
    version = before.version + 1 if before else 1
    year = today().year
    serial = before.serial if before else serial_of(year, _next(kind.id, issuer_code, year))
    identifier = Identifier(kind.type_code, issuer_code, serial, version_of(version))
    return models.Licence(
        id=ids.new("licence"),
        place=_next("", "", 0) - 1,
        identifier=str(identifier),
        type=kind.id,
        type_name=kind.name,
        issuer=kind.issuer,
        issuer_code=issuer_code,
        serial=serial,
        version=version,
        holder=holder,
        values=dict(order.values),
        case_id=order.case_id,
        state=LicenceState.ISSUED,
        valid_from=order.valid_from,
        valid_until=order.valid_until,
        code=ids.secret(),
        key=order.key,
        key_digest=digest,
        issued_at=now,
        changed_at=now,
    )


def _next(kind: str, issuer_code: str, year: int) -> int:
    """The next number of this series, without gaps: whoever counts holds the row until its transaction ends."""
    series: dict[str, Any] = {"type": kind, "issuer_code": issuer_code, "year": year}
    models.Number.objects.get_or_create(**series)
    row = models.Number.objects.select_for_update().get(**series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _area_code() -> str:
    """The city's own division code in six digits stands for its issuers until they are given codes of their own."""
    return city.city_facts(who=Who.system("licence")).code.ljust(_AREA, "0")[:_AREA]


def _digest(order: Order) -> str:
    said = [
        order.kind.id,
        order.holder,
        order.case_id,
        dict(order.values),
        order.valid_until.isoformat() if order.valid_until else "",
        order.before.id if order.before else "",
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return profile(settings.HUNHE_CRYPTO).digest(text.encode()).hex()


def _same(known: models.Licence, digest: str) -> models.Licence:
    if known.key_digest != digest:
        raise Conflict("licence.key.used", msgid("This key was used for another licence."))
    return known


def _check_days(order: Order) -> None:
    if order.valid_until is not None and order.valid_until < order.valid_from:
        raise Invalid("licence.days", msgid("A licence cannot end before it begins."))
