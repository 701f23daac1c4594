"""Writing down scans: moments, entries, scan rows, uses. All in the transaction of the group commit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from hunhe.hub.exchange import actions as exchange
from hunhe.hub.exchange.shapes import NewUse
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit.shapes import NewEntry, Receipt
from hunhe.stone.who import Who
from hunhe.wallet.code import models
from hunhe.wallet.code.rules.window import FORGET

if TYPE_CHECKING:
    from hunhe.wallet.code.scanning import Decision

_SYSTEM = Who.system("code")
CHANNEL = "code"
_QUIET = ("no_token", "unavailable")
_CLAIM = "INSERT INTO code_moment (digest, scan_id, seen_at) VALUES (%s, %s, %s) ON CONFLICT (digest) DO NOTHING"
_SCAN_COLUMNS = (
    "id", "at", "terminal_id", "department", "function", "device_id", "subject_id", "outcome", "code", "pseudonym", "entry_id",
    "idempotency", "digest",
)  # fmt: skip
_INSERT_SCAN = (
    f"INSERT INTO code_scan ({', '.join(_SCAN_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_SCAN_COLUMNS))})"  # own names
)


def claim_moments(moments: Sequence[tuple[str, str]], now: datetime) -> dict[str, str]:
    """Write each (moment, scan) that nobody has written; returns whose each moment is. Two statements; other writers are waited for."""
    if not moments:
        return {}
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.executemany(_CLAIM, [(digest, scan_id, at) for digest, scan_id in moments])
    return dict(models.Moment.objects.filter(digest__in={digest for digest, _ in moments}).values_list("digest", "scan_id"))


def record_decisions(decisions: "Sequence[Decision]", now: datetime) -> dict[str, Receipt]:
    """Entry, scan and use of every new decision, sealed; receipts by entry id. Fills in entry ids.

    Scans without a token are one entry per batch, with their number: strangers cannot fill the log one by one.
    """
    for decision in decisions:
        if decision.repeats is not None:
            decision.entry_id = decision.repeats.entry_id
    new = [each for each in decisions if each.repeats is None and each.code not in _QUIET]
    strangers = [each for each in decisions if each.code == "no_token"]
    entries = [_entry(decision) for decision in new]
    if strangers:
        detail = {"code": "no_token", "count": len(strangers)}
        entries.append(NewEntry(who=strangers[0].who, act="code.scan.refused", object="", detail=detail))
    if not entries:
        return {}
    receipts = audit.record_and_seal(who=_SYSTEM, entries=entries)
    for decision, receipt in zip(new, receipts, strict=False):
        decision.entry_id, decision.leaf_hash = receipt.entry_id, receipt.leaf_hash
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_SCAN, list(_scan_rows(new, now)))
    exchange.record_uses(who=_SYSTEM, uses=[_use(each, now) for each in new if each.subject_id and each.terminal is not None])
    return {receipt.entry_id: receipt for receipt in receipts}


def forget_moments(now: datetime) -> int:
    """Drop moments whose codes went out long ago; what is left stays small."""
    return models.Moment.objects.filter(seen_at__lt=now - timedelta(seconds=FORGET)).delete()[0]


def _entry(decision: "Decision") -> NewEntry:
    terminal = decision.terminal
    return NewEntry(
        who=decision.who,
        act="code.scan.refused" if decision.code else "code.scan.passed",
        object=decision.id,
        subject_id=decision.subject_id,
        detail={
            "terminal": terminal.id if terminal is not None else decision.read.terminal,
            "function": terminal.function if terminal is not None else "",
            "device": decision.device.id if decision.device is not None else "",
            "code": decision.code,
            "shown": [shown.label for shown in decision.shown],
        },
    )


def _scan_rows(decisions: "Iterable[Decision]", now: datetime) -> Iterable[tuple[Any, ...]]:
    at = connection.ops.adapt_datetimefield_value(now)
    for decision in decisions:
        terminal, device = decision.terminal, decision.device
        yield (
            decision.id, at, terminal.id if terminal is not None else "",
            terminal.department if terminal is not None else decision.who.department or "",
            terminal.function if terminal is not None else "", device.id if device is not None else "", decision.subject_id,
            "refused" if decision.code else "passed", decision.code, decision.pseudonym, decision.entry_id,
            decision.idempotency, decision.read.digest,
        )  # fmt: skip


def _use(decision: "Decision", now: datetime) -> NewUse:
    terminal, function = decision.terminal, decision.function
    if terminal is None:
        raise ValueError("a use has a terminal")
    shown: Mapping[str, tuple[str, ...]] = {
        how: tuple(each.label for each in decision.shown if each.how == how) for how in ("give", "mask")
    }
    title = function.name if function is not None else terminal.function
    return NewUse(
        channel=CHANNEL,
        at=now,
        subject_id=decision.subject_id or "",
        client=decision.who.id,
        department=terminal.department,
        resource=f"function:{terminal.function}",
        title=title,
        place=" ".join(filter(None, (terminal.place, terminal.name))),
        purpose=title,
        outcome="refused" if decision.code else "given",
        code=decision.code,
        given=shown["give"],
        masked=shown["mask"],
        entry_id=decision.entry_id,
        leaf_hash=decision.leaf_hash,
    )
