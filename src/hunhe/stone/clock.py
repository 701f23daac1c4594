"""The clock. Nothing else in the house reads the time of day.

`now()` may be moved in a demo folder; `true_now()` never is, and the audit uses it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_source: Callable[[], datetime] | None = None


def true_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(tz=UTC)


def now() -> datetime:
    """City time, aware, in UTC."""
    return true_now() if _source is None else _source()


def install(source: Callable[[], datetime] | None) -> None:
    """Replace the city's clock (demo folders only); None gives the machine's back."""
    global _source
    _source = source


def shifted(offset: timedelta) -> Callable[[], datetime]:
    return lambda: true_now() + offset
