"""Pure decisions of bases: when a name is the same, and how often a wrong one may be tried."""

import unicodedata
from datetime import datetime, timedelta

from hunhe.hub.bases.shapes import MergeState
from hunhe.stone.errors import Conflict, Denied, msgid

TRIES = 5
WINDOW = timedelta(hours=1)
_DOTS = str.maketrans("•・‧∙．.", "······")


def same_name(one: str, other: str) -> bool:
    """Whether two spellings of a name differ only by width, case, spaces or the kind of middle dot."""
    return _plain(one) == _plain(other) != ""


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).translate(_DOTS).casefold().split())


def seconds_to_wait(failures: list[datetime], now: datetime) -> int:
    """How long to wait after these failures, newest first; 0 when another try is free."""
    recent = [at for at in failures if at > now - WINDOW]
    return 0 if len(recent) < TRIES else max(1, int((recent[TRIES - 1] + WINDOW - now).total_seconds()))


def check_decision(state: MergeState, proposed_by: str, decided_by: str) -> None:
    """A proposal is decided once, and not by the one who made it."""
    if state is not MergeState.PROPOSED:
        raise Conflict("bases.merge.decided", msgid("This proposal has been decided already."))
    if proposed_by == decided_by:
        raise Denied("bases.merge.own", msgid("A second person must decide on your proposal."))
