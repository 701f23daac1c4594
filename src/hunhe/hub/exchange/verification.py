"""What `hunhe verify` checks of the exchange: every call has its sealed entry, and counters agree with calls."""

from collections.abc import Iterator
from itertools import islice

from django.db import connection

from hunhe.hub.exchange import models
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.audit.shapes import CheckResult
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who

_SYSTEM = Who.system("verify")
_SLICE = 500
_NAMED = 5
_MISCOUNTED = (
    "SELECT m.grant_id, m.day FROM exchange_meter m LEFT JOIN (SELECT grant_id, day, count(*) AS n FROM exchange_call"
    " WHERE outcome = 'given' GROUP BY grant_id, day) c ON c.grant_id = m.grant_id AND c.day = m.day"
    " WHERE m.used <> coalesce(c.n, 0) ORDER BY m.grant_id LIMIT 5"
)


def check_calls() -> tuple[CheckResult, ...]:
    """Two checks, each naming the first few that fail."""
    unproven = list(islice(_unproven(), _NAMED))
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED)
        miscounted = [f"{grant} on {day}" for grant, day in cursor.fetchall()]
    return (
        _result("exchange.calls.in_log", "calls without a sealed entry of the same fingerprint", unproven),
        _result("exchange.meters.agree", "quota counters that differ from the calls", miscounted),
    )


def _unproven() -> Iterator[str]:
    """Calls whose receipt the log does not know, or knows otherwise. Streams; a slice that holds is one query."""
    rows = models.Call.objects.order_by("id").values_list("id", "entry_id", "leaf_hash").iterator(chunk_size=_SLICE)
    while piece := list(islice(rows, _SLICE)):
        if not _all_known(piece):
            yield from (call for call, entry, leaf in piece if not _all_known([(call, entry, leaf)]))


def _all_known(piece: list[tuple[str, str, str]]) -> bool:
    try:
        receipts = audit.receipts(who=_SYSTEM, entry_ids=[entry for _, entry, _ in piece])
    except HunheError:
        return False
    return all(receipt.leaf_hash == leaf for receipt, (_, _, leaf) in zip(receipts, piece, strict=True))


def _result(name: str, what: str, found: list[str]) -> CheckResult:
    return CheckResult(name, ok=not found, detail=f"{what}: {', '.join(found) or 'none'}")
