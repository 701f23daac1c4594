"""What `hunhe verify` checks of the exchange: every call has its sealed entry, and counters agree with calls."""

from collections.abc import Iterator
from itertools import islice

from django.db import connection
from django.db.models import F

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


def check_pushes() -> tuple[CheckResult, ...]:
    """Numbers of changes have no gap and none is given twice; nobody is said to have confirmed what was never sent."""
    gaps = []
    for feed in models.Feed.objects.order_by("table"):
        reached = 0
        for first, last in models.Segment.objects.filter(feed=feed).order_by("first").values_list("first", "last"):
            gaps += [f"{feed.table} {first}"] if first != reached + 1 else []
            reached = last
        gaps += [f"{feed.table} {feed.last}"] if reached != feed.last else []
    ahead = models.Subscription.objects.filter(acknowledged__gt=F("feed__last")).values_list("id", flat=True)[:_NAMED]
    return (
        _result("exchange.feeds.whole", "changes whose numbers have a gap before them", gaps[:_NAMED]),
        _result("exchange.pushes.marks", "subscriptions that confirmed more than there is", list(ahead)),
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
