"""Use copies: papers for one purpose and one recipient."""

from datetime import date, timedelta

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import issuing, models
from hunhe.wallet.licence.reading import locked_licence, no_such_copy, no_such_licence, state_of, today
from hunhe.wallet.licence.shapes import LicenceState

SEAL_COPY = "licence.seal_copy"
LONGEST_WORDS = 100
LONGEST_DAYS = 366
MOST_RUNNING = 20


def order(who: Who, licence_id: str, purpose: str, recipient: str, valid_until: date, key: str) -> models.UseCopy:
    """A new use copy of the caller's own licence, its paper to be made by a job."""
    purpose, recipient = _words(purpose), _words(recipient)
    issuing.check_key(key, 100)
    if not today() <= valid_until <= today() + timedelta(days=LONGEST_DAYS):
        raise Invalid("licence.copy.until", msgid("A use copy ends within a year."))
    with transaction.atomic():
        row = locked_licence(licence_id)
        if who.subject_id is None or row.holder != who.subject_id:
            raise no_such_licence()
        own_key = f"{row.id}:{key}"
        known = models.UseCopy.objects.filter(key=own_key).first()
        if known is not None:
            return known
        _refuse(row)
        copy = models.UseCopy.objects.create(
            id=ids.new("copy"),
            licence=row,
            purpose=purpose,
            recipient=recipient,
            valid_until=valid_until,
            code=ids.secret(),
            key=own_key,
            made_at=clock.now(),
        )
        detail = {"licence": row.id, "purpose": purpose, "recipient": recipient, "until": valid_until.isoformat()}
        audit.record(who=who, act="licence.copy.ordered", object=copy.id, subject_id=row.holder, detail=detail)
        events.enqueue_job(who=Who.system("licence"), kind=SEAL_COPY, key=copy.id, payload={"copy": copy.id})
    return copy


def revoke(who: Who, copy_id: str) -> models.UseCopy:
    """End a use copy of the caller's own."""
    with transaction.atomic():
        copy = models.UseCopy.objects.select_for_update(of=("self",)).select_related("licence").filter(id=copy_id).first()
        if copy is None or who.subject_id is None or copy.licence.holder != who.subject_id:
            raise no_such_copy()
        if copy.revoked_at is None:
            copy.revoked_at = clock.now()
            copy.save(update_fields=["revoked_at"])
            audit.record(who=who, act="licence.copy.revoked", object=copy.id, subject_id=copy.licence.holder)
    return copy


def _refuse(row: models.Licence) -> None:
    if state_of(row, today()) != LicenceState.VALID:
        raise Conflict("licence.copy.state", msgid("Only a licence in force can be copied for use."))
    running = models.UseCopy.objects.filter(licence=row, revoked_at=None, valid_until__gte=today())
    if running.count() >= MOST_RUNNING:
        raise Conflict("licence.copy.many", msgid("You have 20 copies running. Take one back first."))


def _words(text: str) -> str:
    plain = " ".join(text.split())
    if not 0 < len(plain) <= LONGEST_WORDS or any(ord(sign) < 32 for sign in plain):
        raise Invalid("licence.copy.words", msgid("Say what for and for whom, each in up to 100 characters."))
    return plain
