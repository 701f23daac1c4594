"""Refused doors become entries. The refusal itself must never fail, and must outlive the transaction it rolls back."""

import logging
from collections import deque

from django.db import connection, transaction

from hunhe.kernel.audit import sequence
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.stone.who import Who

logger = logging.getLogger(__name__)
_NOT_KEPT = "door.sign_in"  # nobody is refused: the stranger is asked to sign in; keeping it would let strangers fill the log
_waiting: deque[NewEntry] = deque(maxlen=10_000)


def note(who: Who, door: str, code: str) -> None:
    """Record one refusal now, or, inside somebody's transaction, as soon as `flush` is called outside it."""
    if code == _NOT_KEPT:
        return
    _waiting.append(NewEntry(who=who, act="door.denied", object=door, detail={"code": code}))
    if not _inside_a_transaction():
        flush()


def flush() -> int:
    """Write the waiting refusals in one small transaction; returns how many. Failure is logged, and tried again next time."""
    entries = []
    while _waiting:
        entries.append(_waiting.popleft())
    if not entries:
        return 0
    try:
        with transaction.atomic():
            sequence.insert(sequence.make_leaves(entries))
    except Exception:  # whatever it is: the refusal stands, and must not become a fault
        _waiting.extendleft(reversed(entries))
        logger.exception("refusals wait to be recorded")
        return 0
    return len(entries)


def _inside_a_transaction() -> bool:
    """True inside a transaction of the product's own; the one that a test wraps around itself does not count."""
    blocks = getattr(connection, "atomic_blocks", [])
    return any(not getattr(block, "_from_testcase", False) for block in blocks)
