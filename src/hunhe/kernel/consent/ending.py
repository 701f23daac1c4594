"""Ending a consent: by the person, by its length, by a newer text. Once, with its own leaf in the audit."""

from datetime import datetime

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.consent import models, rules
from hunhe.kernel.consent.shapes import ConsentState
from hunhe.kernel.events import actions as events
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, NotFound, msgid
from hunhe.stone.who import Who

AT_ONCE = 200


def end(who: Who, row: models.Consent, state: ConsentState, now: datetime) -> None:
    """Write an ending into the caller's transaction; the row is locked and stands."""
    row.state = state.value
    row.save(update_fields=["state"])
    entry_id = audit.record(
        who=who,
        act=f"consent.consent.{state.value}",
        object=row.id,
        subject_id=row.subject_id,
        detail={"kind": row.code, "recipient": row.recipient},
    )
    models.Ending.objects.create(consent=row, state=state.value, by=who.id, at=now, entry_id=entry_id)
    payload = {"consent": row.id, "subject": row.subject_id, "kind": row.code, "recipient": row.recipient}
    events.publish(who=who, name=f"consent.consent.{state.value}", aggregate=row.subject_id, payload=payload)


def withdraw(who: Who, consent_id: str) -> models.Consent:
    """Twice is once. What has ended otherwise cannot be taken back."""
    row = own_row(who, consent_id)
    if row.state == ConsentState.WITHDRAWN:
        return row
    if not row.kind.withdrawable:
        raise Conflict("consent.withdraw.never", msgid("This consent cannot be taken back: %(basis)s"), basis=row.kind.basis)
    if row.state != ConsentState.GIVEN:
        raise Conflict("consent.withdraw.over", msgid("This consent has ended already."))
    end(who, row, ConsentState.WITHDRAWN, clock.now())
    return row


def undoable(who: Who, consent_id: str) -> models.Consent:
    """A consent that was withdrawn less than a minute ago. Conflict for any other."""
    row = own_row(who, consent_id)
    ending = models.Ending.objects.filter(consent=row, state=ConsentState.WITHDRAWN).first()
    rules.refuse_late_undo(ending.at if ending else None, clock.now())
    return row


def own_row(who: Who, consent_id: str) -> models.Consent:
    """The caller's consent or one the caller gave for a child, locked; somebody else's looks like none."""
    rows = models.Consent.objects.select_for_update(of=("self",)).select_related("kind")
    row = rows.filter(id=consent_id).first()
    if row is None or not (who.is_system or who.id == row.given_by or (who.subject_id and row.subject_id == who.subject_id)):
        raise NotFound("consent.unknown", msgid("There is no such consent of yours."))
    return row


def expire_due() -> int:
    """Write down what has run out, some at a time; called by the worker. Whoever asks before it sees them run out anyway."""
    now = clock.now()
    with transaction.atomic():
        rows = models.Consent.objects.select_for_update().filter(state="given", until__lte=now).order_by("until")[:AT_ONCE]
        for row in (found := list(rows)):
            end(Who.system("consent"), row, ConsentState.EXPIRED, now)
    return len(found)
