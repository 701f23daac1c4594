"""Patience: doubling, capped, and an end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.events.rules import HEARTBEAT, LEASE, next_try, wait_after

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_waits_double_up_to_an_hour() -> None:
    assert [wait_after(attempt).total_seconds() for attempt in (1, 2, 3, 11, 12, 13, 10**6)] == [
        2,
        4,
        8,
        2048,
        3600,
        3600,
        3600,
    ]


@given(st.integers(1, 50), st.integers(1, 50))
def test_it_ends_exactly_after_the_last_attempt(attempt: int, attempts: int) -> None:
    again = next_try(attempt, attempts, NOW)
    assert (again is None) == (attempt >= attempts)
    assert again is None or NOW < again <= NOW + timedelta(hours=1)


def test_a_lease_outlives_several_missed_heartbeats() -> None:
    assert LEASE >= 3 * HEARTBEAT
