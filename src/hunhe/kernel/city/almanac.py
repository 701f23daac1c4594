"""The working calendar in force, held for a few seconds so that hot paths may ask for it."""

import time

from hunhe.kernel.city import readers
from hunhe.kernel.city.content import calendar_from
from hunhe.kernel.city.shapes import WorkCalendar

HELD_SECONDS = 5.0
_held: tuple[float, WorkCalendar] | None = None


def in_force() -> WorkCalendar:
    global _held
    if _held is None or _held[0] < time.monotonic():
        made = calendar_from(readers.stack_in_force(readers.folder_of("city")))
        _held = (time.monotonic() + HELD_SECONDS, made)
    return _held[1]


def forget() -> None:
    """The content has changed."""
    global _held
    _held = None
