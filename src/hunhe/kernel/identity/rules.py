"""Pure rules of identity: duties apart, tokens, idle time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hunhe.kernel.identity.shapes import AccountKind, Duty

APART: frozenset[Duty] = frozenset({"administrator", "security", "auditor"})
"""Duties of which one account holds at most one (三員分立)."""

IDLE: dict[AccountKind, timedelta] = {"official": timedelta(minutes=30), "citizen": timedelta(hours=12)}
"""How long a session may rest before its owner must sign in again."""

CLIENT_PREFIX = "hk_"
HINT_LENGTH = 9


def meet(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """The duties among these that must not be in one hand, in order; empty when all is well."""
    held = sorted(set(duties) & APART)
    return tuple(held) if len(held) > 1 else ()


def is_idle(kind: AccountKind, seen: datetime, now: datetime) -> bool:
    return now - seen > IDLE[kind]
