"""When to try again, and for how long a try may hold its lease. Pure."""

from datetime import datetime, timedelta

LEASE = timedelta(seconds=60)
HEARTBEAT = timedelta(seconds=15)
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=1)


def wait_after(attempt: int) -> timedelta:
    """The pause after failed try number `attempt` (1, 2, …): 2 s, doubled each time, at most an hour."""
    doublings = min(attempt - 1, 20)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def next_try(attempt: int, attempts: int, now: datetime) -> datetime | None:
    """When to try again after failed try `attempt` of at most `attempts`; None: never, it is a dead letter."""
    return None if attempt >= attempts else now + wait_after(attempt)
