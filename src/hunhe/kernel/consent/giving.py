"""Giving a consent: which text, for whom, once."""

from datetime import datetime

from django.db import IntegrityError, transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.consent import models, registry, rules
from hunhe.kernel.consent.ending import end
from hunhe.kernel.consent.rows import current_kind
from hunhe.kernel.consent.shapes import ConsentState
from hunhe.kernel.events import actions as events
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who


def give(who: Who, code: str, recipient: str, purpose: str, subject_id: str | None, key: str) -> models.Consent:
    """The consent that stands after this: the one that stood already, or a new one. The same key again gives nothing anew."""
    if len(recipient) > 80 or len(purpose) > 300 or len(key) > 128:
        raise Invalid("consent.give.long", msgid("Recipient, purpose or key is too long."))
    kind, subject = current_kind(code), _whose(who, subject_id)
    rules.refuse_minor(
        kind.guardian_below, registry.age_of(subject), by_guardian=not who.is_system and subject != who.subject_id
    )
    try:
        return _once(who, kind, subject, recipient, purpose, key)
    except IntegrityError:  # the same at the same moment: the other one won
        return _once(who, kind, subject, recipient, purpose, key)


def _once(who: Who, kind: models.Kind, subject_id: str, recipient: str, purpose: str, key: str) -> models.Consent:
    with transaction.atomic():
        known = _known(who, subject_id, kind.code, recipient, key)
        return known or _insert(who, kind, subject_id, recipient, purpose, key)


def _whose(who: Who, subject_id: str | None) -> str:
    """The caller's own id, or a child's whose guardian the caller is. The city's jobs say for whom."""
    if subject_id and who.is_system:
        return subject_id
    if who.subject_id is None:
        raise Denied("consent.real_name", msgid("Confirm your real name first; then you can allow and take back."))
    if subject_id in (None, "", who.subject_id):
        return who.subject_id
    if not registry.is_guardian(who.subject_id, str(subject_id)):
        raise Denied("consent.not_guardian", msgid("You can only allow this for yourself, or for a child in your care."))
    return str(subject_id)


def _known(who: Who, subject_id: str, code: str, recipient: str, key: str) -> models.Consent | None:
    if key:
        row = models.Consent.objects.select_related("kind").filter(given_by=who.id, key=key).first()
        if row is not None and (row.subject_id, row.code, row.recipient) != (subject_id, code, recipient):
            raise Conflict("consent.give.key_reused", msgid("This key has already given another consent."))
        if row is not None:
            return row
    held, now = standing(subject_id, code, recipient), clock.now()
    if held is None:
        return None
    state = rules.state_at(held.state, held.kind.version, current_kind(code).version, held.until, now)
    if state is ConsentState.GIVEN:
        return held
    end(who, held, state, now)
    return None


def standing(subject_id: str, code: str, recipient: str) -> models.Consent | None:
    """The one kept as given, locked; by its length or a newer text it may be over all the same."""
    rows = models.Consent.objects.select_for_update(of=("self",)).select_related("kind")
    return rows.filter(subject_id=subject_id, code=code, recipient=recipient, state="given").first()


def _insert(who: Who, kind: models.Kind, subject_id: str, recipient: str, purpose: str, key: str) -> models.Consent:
    now = clock.now()
    return insert(
        who, kind, subject_id, recipient, purpose or kind.purpose, key or None, rules.last_moment(kind.days, now), now
    )


def insert(
    who: Who,
    kind: models.Kind,
    subject_id: str,
    recipient: str,
    purpose: str,
    key: str | None,
    until: datetime | None,
    now: datetime,
) -> models.Consent:
    consent_id = ids.new("con")
    if not kind.used:
        models.Kind.objects.filter(id=kind.id).update(used=True)
    entry_id = audit.record(
        who=who,
        act="consent.consent.given",
        object=consent_id,
        subject_id=subject_id,
        detail={"kind": kind.code, "version": kind.version, "recipient": recipient, "purpose": purpose},
    )
    row = models.Consent(
        id=consent_id,
        subject_id=subject_id,
        kind=kind,
        code=kind.code,
        recipient=recipient,
        purpose=purpose,
        given_by=who.id,
        key=key,
        given_at=now,
        until=until,
        entry_id=entry_id,
    )
    row.save(force_insert=True)
    payload = {"consent": row.id, "subject": subject_id, "kind": kind.code, "recipient": recipient}
    events.publish(who=who, name="consent.consent.given", aggregate=subject_id, payload=payload)
    return row
