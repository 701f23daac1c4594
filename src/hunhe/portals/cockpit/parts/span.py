"""The day as the parts see it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hunhe.portals.cockpit.shapes import SLOTS

COURSE = 24


@dataclass(frozen=True, slots=True)
class Span:
    """A city day from `start` to `end`, seen at `now`."""

    start: datetime
    end: datetime
    now: datetime

    def slot(self, moment: datetime) -> int:
        """Which ten minutes of the day a moment falls into."""
        return min(SLOTS - 1, max(0, int((moment - self.start) / timedelta(minutes=10))))

    def by_slot(self, counted: Iterable[tuple[datetime, int]]) -> dict[int, int]:
        found: dict[int, int] = {}
        for moment, count in counted:
            slot = self.slot(moment)
            found[slot] = found.get(slot, 0) + count
        return found

    def course(self, slots: Mapping[int, int]) -> tuple[float, ...]:
        """The running total at up to 24 moments of the day so far; the last is now."""
        last = self.slot(self.now)
        step = max(1, (last + 1) // COURSE)
        totals, total = [0.0], 0
        for slot in range(last + 1):
            total += slots.get(slot, 0)
            if slot % step == step - 1 or slot == last:
                totals.append(float(total))
        return tuple(totals)
