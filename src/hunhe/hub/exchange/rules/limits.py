"""The numbers by which a city bounds the exchange."""

from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True)
class Limits:
    """`limits.toml` as read. Counts are per city day; hours and days are the longest allowed spans."""

    id: str = "limits"
    name: str = ""
    owner: str = ""
    basis: str = ""
    valid_from: date | None = None
    overreach_per_day: int = 5
    failures_per_day: int = 5
    assertion_hours: int = 24
    grant_days: int = 730
    hold_days: int = 180
    repeat_hours: int = 24
    smallest_count: int = 10


def wrong_fields(limits: Limits) -> tuple[str, ...]:
    """Numbers that are no bound at all."""
    return tuple(f.name for f in fields(limits) if isinstance(getattr(limits, f.name), int) and getattr(limits, f.name) < 1)
