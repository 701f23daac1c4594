"""Decisions about consents. Pure; the time is passed in."""

from datetime import datetime, timedelta

from hunhe.kernel.consent.shapes import ConsentState
from hunhe.stone.errors import Conflict, Denied, msgid

UNDO = timedelta(minutes=1)
"""How long a withdrawal may be taken back by one press."""


def state_at(kept: str, version: str, current: str | None, until: datetime | None, now: datetime) -> ConsentState:
    """What a consent is worth now: its length and the kind's newest text count even before a job has written them down."""
    state = ConsentState(kept)
    if state is not ConsentState.GIVEN:
        return state
    if until is not None and until <= now:
        return ConsentState.EXPIRED
    return state if version == current else ConsentState.SUPERSEDED


def last_moment(days: int, now: datetime) -> datetime | None:
    return now + timedelta(days=days) if days else None


def refuse_minor(guardian_below: int, age: int | None, by_guardian: bool) -> None:
    """Denied when somebody too young would consent alone. An unknown age stops nobody: only a known one is a reason."""
    if guardian_below and age is not None and age < guardian_below and not by_guardian:
        raise Denied(
            "consent.guardian",
            msgid("Under %(age)s years a guardian must agree. Ask your guardian to do it with their own account."),
            age=guardian_below,
        )


def refuse_late_undo(ended_at: datetime | None, now: datetime) -> None:
    if ended_at is None or now - ended_at > UNDO:
        raise Conflict("consent.undo.late", msgid("The minute has passed. If you want to allow it again, do so anew."))
