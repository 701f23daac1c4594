"""Changes of state, each with its line of history, its audit entry and its event."""

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import models
from hunhe.wallet.licence.reading import state_of, today
from hunhe.wallet.licence.rules.states import check_move
from hunhe.wallet.licence.shapes import LicenceState

LONGEST_REASON = 500


def begin(who: Who, row: models.Licence) -> None:
    """Write that a new version was issued, and that it holds, if its first day has come. Saves the row."""
    _write(who, row, "", LicenceState.ISSUED, row.reason)
    if row.valid_from <= today():
        change(who, row, LicenceState.VALID, "")


def change(who: Who, row: models.Licence, state: LicenceState, reason: str) -> None:
    """Bring a held row into a state in the caller's transaction. Conflict when that state cannot follow."""
    before = state_of(row, today())
    if LicenceState(row.state) != before and state != before:
        _write(Who.system("licence"), row, row.state, before, "")  # the calendar was first; its step has its own line
    check_move(LicenceState(row.state), state)
    _write(who, row, row.state, state, reason)


def check_reason(reason: str) -> str:
    """A reason that a person can be told. Invalid."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON or "\x00" in reason:
        raise Invalid("licence.reason", msgid("Say why, in up to 500 characters."))
    return reason.strip()


def check_rev(row: models.Licence, expected_version: int) -> None:
    if row.rev != expected_version:
        raise Conflict("licence.moved_on", msgid("This licence has changed since you opened the page. Load it again."))


def _write(who: Who, row: models.Licence, before: str, state: LicenceState, reason: str) -> None:
    now = clock.now()
    detail = {"identifier": row.identifier, "before": before, "state": state.value, "reason": reason}
    act = f"licence.licence.{state.value}"
    entry = audit.record(who=who, act=act, object=row.id, subject_id=row.holder, detail=detail)
    seq = row.rev + 1
    models.Change.objects.create(
        licence=row,
        seq=seq,
        state=state.value,
        before=before,
        reason=reason,
        by=who.on_behalf_of or who.id,
        by_name="" if who.is_system else who.name,
        department=who.department or "",
        entry_id=entry,
        at=now,
    )
    row.state, row.reason, row.changed_at, row.rev = state.value, reason, now, seq
    row.save(update_fields=["state", "reason", "changed_at", "rev", "replaced_by"])
    if before:
        payload = {"licence": row.id, "type": row.type, "holder": row.holder, "case": row.case_id, "reason": reason}
        events.publish(who=who, name=act, aggregate=row.id, payload=payload)
