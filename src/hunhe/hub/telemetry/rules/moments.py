"""Moments as minutes since 1970 in a source's own clock. A source's clock is a fixed offset from UTC, so that every hour of a
series exists exactly once; the city's clock meets it only through that offset."""

import re
from datetime import UTC, datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_CLOCK = re.compile(r"([+-])(\d{2}):(\d{2})")
_EARLIEST, _LATEST = -36_816_480, 67_789_440  # 1900 to 2098: whoever says otherwise has a broken clock
LONGEST_TEXT = 32


def read_clock(text: str) -> int:
    """`+08:00` as minutes east of UTC. ValueError."""
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        raise ValueError(f"not a clock: {text}")
    return (1 if found[1] == "+" else -1) * (int(found[2]) * 60 + int(found[3]))


def write_clock(offset: int) -> str:
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def read_moment(text: str, offset: int) -> int:
    """`2013-01-12T08:00` in the source's clock; a time that names its own offset is turned into it. ValueError."""
    try:
        if len(text) > LONGEST_TEXT or len(text) < 13:
            raise ValueError
        said = datetime.fromisoformat(text)
        if said.tzinfo is not None:
            said = said.astimezone(timezone(timedelta(minutes=offset)))
        minutes, rest = divmod(said.replace(tzinfo=UTC) - _EPOCH, _MINUTE)
        if rest or not _EARLIEST <= minutes <= _LATEST:
            raise ValueError
    except (ValueError, OverflowError):
        raise ValueError(f"not a time: {text}") from None
    return minutes


def write_moment(minute: int) -> str:
    """`2013-01-12T08:00`, in the source's clock."""
    return (_EPOCH + minute * _MINUTE).strftime("%Y-%m-%dT%H:%M")


def instant_of(minute: int, offset: int) -> datetime:
    """The same moment for the city."""
    return (_EPOCH + minute * _MINUTE).replace(tzinfo=timezone(timedelta(minutes=offset)))


def minute_of(instant: datetime, offset: int) -> int:
    """What the source's clock shows at an instant."""
    return (instant - _EPOCH) // _MINUTE + offset
