"""Devices of an account: enrolling, certificates, names, the end of a lost one."""

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.stone import clock, ids
from hunhe.stone.crypto import verify_device
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.wallet.code import issuing, models
from hunhe.wallet.code.rules import window
from hunhe.wallet.code.shapes import Batch, Device, DeviceState

MOST = 5
NAME = 40
_ENROL, _RENEW = b"HH enrol\n", b"HH renew\n"
_POINT = 33


def enrol(who: Who, name: str, public_key: str, proof: str) -> Device:
    """The same key again is the same device, while it is active."""
    subject_id = subject_of(who)
    point = point_of(public_key)
    if not verify_device(point, decoded(proof, 64), _ENROL + who.id.encode() + b"\n" + point):
        raise Invalid("code.device.proof", msgid("The device did not prove that it holds the key. Try again."))
    with transaction.atomic():
        own = list(models.Device.objects.select_for_update().filter(account_id=who.id, state="active"))
        known = next((row for row in own if row.public_key == point.hex()), None)
        if known is not None:
            return shape(known)
        if models.Device.objects.filter(public_key=point.hex()).exists():
            raise Conflict("code.device.taken", msgid("This key was used before. Make a new one."))
        if len(own) >= MOST:
            raise Conflict(
                "code.device.many", msgid("You have %(limit)s devices already. Remove one that you no longer use."), limit=MOST
            )
        row = models.Device.objects.create(
            id=ids.new("dev"),
            number=secrets.randbits(62),
            account_id=who.id,
            subject_id=subject_id,
            name=tidy(name),
            public_key=point.hex(),
            enrolled_at=clock.now(),
        )
        audit.record(who=who, act="code.device.enrolled", object=row.id, subject_id=subject_id, detail={"name": row.name})
    return shape(row)


def renew(who: Who, device_id: str, keys: Sequence[str], signature: str) -> Batch:
    """Certificates for keys that the device made and signed for."""
    if not 0 < len(keys) <= window.BATCH:
        raise Invalid("code.certificates.count", msgid("Ask for 1 to %(most)s certificates at once."), most=window.BATCH)
    points = [point_of(key) for key in keys]
    with transaction.atomic():
        row = own_device(who, device_id)
        if row.state != DeviceState.ACTIVE:
            raise Denied("code.device.revoked", msgid("This device was removed. Enrol it again to show a code on it."))
        if not verify_device(
            bytes.fromhex(row.public_key), decoded(signature, 64), _RENEW + device_id.encode() + b"\n" + b"".join(points)
        ):
            raise Invalid("code.device.proof", msgid("The device did not prove that it holds the key. Try again."))
        row.renewed_at = now = clock.now()
        row.save(update_fields=["renewed_at"])
        start = int(now.timestamp()) - window.BACKDATED
        made = issuing.certificates(
            number=row.number, level=who.level, not_before=start, minutes=window.LASTS_MINUTES, keys=points
        )
        ends = now.replace(microsecond=0) + timedelta(minutes=window.LASTS_MINUTES, seconds=-window.BACKDATED)
        detail = {"certificates": len(made), "until": ends.isoformat()}
        audit.record(who=who, act="code.certificates.issued", object=row.id, subject_id=row.subject_id, detail=detail)
    return Batch(shape(row), made, now, ends)


def rename(who: Who, device_id: str, name: str) -> Device:
    with transaction.atomic():
        row = own_device(who, device_id)
        row.name = tidy(name)
        row.save(update_fields=["name"])
        audit.record(who=who, act="code.device.renamed", object=row.id, subject_id=row.subject_id, detail={"name": row.name})
    return shape(row)


def revoke(who: Who, device_id: str) -> Device:
    """For good: what it shows is refused from the next scan on. A second time changes nothing."""
    with transaction.atomic():
        row = own_device(who, device_id)
        if row.state == DeviceState.ACTIVE:
            row.state, row.revoked_at = DeviceState.REVOKED, clock.now()
            row.save(update_fields=["state", "revoked_at"])
            audit.record(who=who, act="code.device.revoked", object=row.id, subject_id=row.subject_id)
    return shape(row)


def subject_of(who: Who) -> str:
    """Who the caller is in the population base; Denied below level 2."""
    if who.subject_id is None:
        raise Denied("code.level", msgid("Confirm your real name first; then you get a code."))
    return who.subject_id


def own_device(who: Who, device_id: str) -> models.Device:
    row = models.Device.objects.select_for_update().filter(id=device_id, account_id=who.id).first()
    if row is None:
        raise NotFound("code.device.unknown", msgid("You have no such device."))
    return row


def shape(row: models.Device) -> Device:
    return Device(row.id, row.name, DeviceState(row.state), row.enrolled_at, row.renewed_at, row.revoked_at)


def tidy(name: str) -> str:
    found = " ".join(name.split())
    if not 0 < len(found) <= NAME:
        raise Invalid("code.device.name", msgid("Give the device a name of up to %(limit)s characters."), limit=NAME)
    return found


def point_of(key: str) -> bytes:
    """A compressed point of the curve, as base64; Invalid for anything else."""
    point = decoded(key, _POINT)
    if point[0] not in (2, 3):
        raise _no_key()
    return point


def decoded(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _no_key() from error
    if len(found) != length:
        raise _no_key()
    return found


def _no_key() -> Invalid:
    return Invalid("code.device.key", msgid("This is no key or signature that the city can read."))
