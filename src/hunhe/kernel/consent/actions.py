"""Giving and taking back."""

from django.db import transaction

from hunhe.kernel.consent import ending, giving, registry
from hunhe.kernel.consent.rows import consent_shapes, current_kind
from hunhe.kernel.consent.shapes import Consent
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def give_consent(
    *, who: Who, kind: str, recipient: str = "", purpose: str = "", subject_id: str | None = None, key: str = ""
) -> Consent:
    """Allow something in the words of the kind's newest text. What stands already stays as it is: twice is one.

    purpose: in plain words, the kind's own by default. subject_id: a child in the caller's care. key: a retry under the
    same key never revives what was taken back meanwhile. Denied without a confirmed name and, under the kind's age,
    without a guardian.
    """
    return consent_shapes([giving.give(who, kind, recipient, purpose, subject_id, key)])[0]


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def withdraw_consent(*, who: Who, consent_id: str) -> Consent:
    """Take back one's own consent, in force with the next question. Twice is once; Conflict when the law forbids it or it is over."""
    with transaction.atomic():
        return consent_shapes([ending.withdraw(who, consent_id)])[0]


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def undo_withdrawal(*, who: Who, consent_id: str) -> Consent:
    """Within a minute: allow again what was just taken back, on its old terms, as a new consent. Conflict afterwards."""
    with transaction.atomic():
        row = ending.undoable(who, consent_id)
        if current_kind(row.code).id != row.kind_id:
            raise Conflict(
                "consent.undo.text", msgid("The text has changed meanwhile. If you want to allow it again, do so anew.")
            )
        standing = giving.standing(row.subject_id, row.code, row.recipient)
        now = clock.now()
        again = standing or giving.insert(who, row.kind, row.subject_id, row.recipient, row.purpose, None, row.until, now)
        return consent_shapes([again])[0]


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_kin(*, who: Who, age: registry.Age | None = None, guardian: registry.Guardian | None = None) -> None:
    """At start: tell how old a subject is (None: unknown), and whether the first subject is a guardian of the second."""
    registry.kin.age = age or registry.kin.age
    registry.kin.guardian = guardian or registry.kin.guardian
