"""Giving and taking back."""

from collections.abc import Collection, Mapping

from django.db import transaction

from hunhe.kernel.consent import ending, erasing, exporting, giving, holdings, registry
from hunhe.kernel.consent.rows import consent_shapes, current_kind
from hunhe.kernel.consent.shapes import Consent, Erased, Export
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Invalid, msgid
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


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def ask_export(*, who: Who, subject_id: str, key: str) -> Export:
    """Ask for a copy of everything the city holds about the caller. The same key, or one still being made: the same copy."""
    if not 0 < len(key) <= 128:
        raise Invalid("consent.export.key", msgid("Asking for a copy needs a key of at most 128 signs."))
    return exporting.export_shape(exporting.ask(who, subject_id, key))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def erase_subject(
    *, who: Who, subject_id: str, rooms: Collection[str], case_id: str, reasons: Mapping[str, str] | None = None
) -> tuple[Erased, ...]:
    """Erase a person from these rooms, as a case decided; once per case. What every room did, and why something stays.

    reasons: by room, in words for the person. Runs in the caller's transaction.
    """
    erasing.erase(who, subject_id, rooms, case_id, dict(reasons or {}))
    return erasing.erased_shapes(case_id)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_holding(
    *,
    who: Who,
    room: str,
    title: str,
    read: holdings.ReadTables,
    erase: holdings.EraseRows | None = None,
    told_elsewhere: tuple[str, ...] = (),
) -> None:
    """At start: a room tells what it holds about people. title: a msgid.

    `read(subject_id)` returns tables (at most 20,000 rows each) in the active language; it must leave out what the person may
    not be told yet. `erase(subject_id)` erases it inside the caller's transaction and returns how many rows; None: the room
    cannot. told_elsewhere: beginnings of audit acts that these tables tell more fittingly than the log does.
    """
    holdings.register(holdings.Registered(room, title, read, erase, told_elsewhere))
