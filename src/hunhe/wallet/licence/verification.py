"""What `hunhe verify` checks of licences: states follow from whole histories, and every check answered is in the log."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, F, Max, OuterRef, Q, Subquery

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.audit.shapes import CheckResult
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.wallet.licence import models

_SYSTEM = Who.system("verify")
_SLICE = 500
_NAMED = 5


def check_licences() -> tuple[CheckResult, ...]:
    """Two checks, each naming the first few that fail."""
    return (
        _result("licence.states.follow", "licences whose state does not follow from their history", sorted(_unlike())),
        _result("licence.checks.in_log", "checks without a sealed entry", list(islice(_unproven(), _NAMED))),
    )


def _unlike() -> set[str]:
    """Licences whose row says otherwise than the last line of their history, or of whose history a line is missing."""
    last = models.Change.objects.filter(licence=OuterRef("pk")).order_by("-seq")
    rows = models.Licence.objects.annotate(told=Subquery(last.values("state")[:1]), line=Subquery(last.values("seq")[:1]))
    odd = rows.filter(Q(told=None) | ~Q(state=F("told")) | ~Q(rev=F("line"))).values_list("id", flat=True)[:_NAMED]
    counted = models.Change.objects.values("licence").annotate(lines=Count("id"), last=Max("seq"))
    gaps = counted.exclude(lines=F("last")).values_list("licence", flat=True)[:_NAMED]
    return {*odd, *gaps}


def _unproven() -> Iterator[str]:
    """Checks whose entry the log does not know. Streams; a slice that holds is one query."""
    rows = models.Verification.objects.order_by("id").values_list("id", "entry_id").iterator(chunk_size=_SLICE)
    while piece := list(islice(rows, _SLICE)):
        if not _known([entry for _, entry in piece]):
            yield from (check for check, entry in piece if not _known([entry]))


def _known(entry_ids: list[str]) -> bool:
    try:
        audit.receipts(who=_SYSTEM, entry_ids=entry_ids)
    except HunheError:
        return False
    return True


def _result(name: str, what: str, found: list[str]) -> CheckResult:
    return CheckResult(name, ok=not found, detail=f"{what}: {', '.join(found[:_NAMED]) or 'none'}")
