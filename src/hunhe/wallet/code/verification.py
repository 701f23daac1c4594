"""What `hunhe verify` checks of the code: every scan has its sealed entry."""

from collections.abc import Iterator
from itertools import islice

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.audit.shapes import CheckResult
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.wallet.code import models

_SYSTEM = Who.system("verify")
_SLICE = 500
_NAMED = 5


def check_scans() -> tuple[CheckResult, ...]:
    """One check, naming the first few scans that fail it."""
    unproven = list(islice(_unproven(), _NAMED))
    detail = f"scans without a sealed entry: {', '.join(unproven) or 'none'}"
    return (CheckResult("code.scans.in_log", ok=not unproven, detail=detail),)


def _unproven() -> Iterator[str]:
    """Scans whose entry the log does not know. Streams; a slice that holds is one query."""
    rows = models.Scan.objects.order_by("id").values_list("id", "entry_id").iterator(chunk_size=_SLICE)
    while piece := list(islice(rows, _SLICE)):
        if not _known([entry for _, entry in piece]):
            yield from (scan for scan, entry in piece if not _known([entry]))


def _known(entry_ids: list[str]) -> bool:
    try:
        audit.receipts(who=_SYSTEM, entry_ids=entry_ids)
    except HunheError:
        return False
    return True
