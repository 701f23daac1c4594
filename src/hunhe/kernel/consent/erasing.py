"""Erasing a person from the rooms a decision names. What stays is said with its reason; nothing is claimed that was not done."""

from collections.abc import Collection

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.consent import models, shapes
from hunhe.kernel.consent.holdings import Duty, Registered, registered, rights
from hunhe.kernel.consent.shapes import ErasureOutcome
from hunhe.kernel.events import actions as events
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

NOT_DECIDED = msgid("The decision leaves it.")
NOT_POSSIBLE = msgid("Erasing one person here is not possible yet. It is on the list and will be told to you.")


def erase(who: Who, subject_id: str, rooms: Collection[str], case_id: str, reasons: dict[str, str]) -> None:
    """Inside the caller's transaction: each room once per case, so that a repeated effect changes nothing."""
    done = set(models.Erasure.objects.filter(case_id=case_id).values_list("room", flat=True))
    duties = rights().duties
    with transaction.atomic():
        for one in registered():
            if one.room not in done:
                _one(who, one, subject_id, one.room in rooms, case_id, duties.get(one.room), reasons.get(one.room, ""))
        events.publish(who=who, name="consent.subject.erased", aggregate=subject_id, payload={"case": case_id})


def _one(who: Who, one: Registered, subject_id: str, wanted: bool, case_id: str, duty: Duty | None, reason: str) -> None:
    held = one.rows(subject_id)
    if not held:
        return
    outcome, rows, why, basis = ErasureOutcome.KEPT, held, reason, ""
    if wanted and one.erase is not None:
        outcome, rows = ErasureOutcome.ERASED, one.erase(subject_id)
    elif one.erase is None and not (duty and duty.basis):
        outcome, why = ErasureOutcome.PENDING, (duty.why if duty else "") or NOT_POSSIBLE
    elif duty:
        why, basis = reason or duty.why, duty.basis
    entry_id = audit.record(
        who=who, act=f"consent.holding.{outcome.value}", object=f"case:{case_id}", detail={"room": one.room}
    )
    models.Erasure.objects.create(
        case_id=case_id,
        room=one.room,
        outcome=outcome.value,
        rows=rows,
        why=why if outcome is ErasureOutcome.ERASED else why or NOT_DECIDED,
        basis=basis,
        at=clock.now(),
        entry_id=entry_id,
    )


def erased_shapes(case_id: str) -> tuple[shapes.Erased, ...]:
    titles = {one.room: one.title for one in registered()}
    rows = models.Erasure.objects.filter(case_id=case_id).order_by("id")
    return tuple(
        shapes.Erased(
            room=row.room,
            title=titles.get(row.room, row.room),
            outcome=ErasureOutcome(row.outcome),
            rows=row.rows,
            why=row.why,
            basis=row.basis,
            at=row.at,
            entry_id=row.entry_id,
        )
        for row in rows
    )
