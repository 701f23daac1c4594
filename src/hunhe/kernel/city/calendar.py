"""The working calendar: which days and hours count, when a deadline falls. Pure."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Working days and hours of a city.

    holidays: weekdays nobody works. workdays: weekend days that make up for them (調休). years: years whose holidays are
    announced; in any other year weekends alone count and the answer is provisional.
    hours: working spans of a day in local time, in order, not touching. Moments are aware datetimes.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    hours: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(13), time(17)))
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def is_working_day(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)

    def is_provisional(self, day: date) -> bool:
        """The holidays of that year are not announced yet; the answer may still change."""
        return day.year not in self.years

    def add_working_days(self, moment: datetime, days: int) -> datetime:
        """The same local time of day on the `days`-th working day after `moment`; its own day never counts.

        `days` 0 gives `moment` itself. ValueError for a negative number.
        """
        if days < 0:
            raise ValueError("days must not be negative")
        local = moment.astimezone(self.zone)
        day = local.date()
        while days:
            day += DAY
            days -= self.is_working_day(day)
        return datetime.combine(day, local.timetz())

    def deadline(self, moment: datetime, days: int) -> datetime:
        """When working hours end on the `days`-th working day after `moment`: a limit in days runs out with its last day."""
        return datetime.combine(self.add_working_days(moment, days).date(), self.hours[-1][1], self.zone)

    def working_days_between(self, start: date | datetime, end: date | datetime) -> int:
        """Working days after `start` up to and including `end`; negative when `end` comes first."""
        first, last = self._local_day(start), self._local_day(end)
        if last < first:
            return -self.working_days_between(last, first)
        weeks, rest = divmod((last - first).days, 7)
        count = weeks * 5 + sum((first + DAY * n).weekday() < 5 for n in range(1, rest + 1))
        off, made_up = self._differing_days
        count -= bisect_right(off, last) - bisect_right(off, first)
        return count + bisect_right(made_up, last) - bisect_right(made_up, first)

    def add_working_hours(self, moment: datetime, hours: float) -> datetime:
        """The moment by which `hours` of working time have passed since `moment`. ValueError for a negative number.

        A moment outside working hours starts counting when they next begin.
        """
        if hours < 0:
            raise ValueError("hours must not be negative")
        left = timedelta(hours=hours)
        for opens, closes in self._spans_from(moment):
            begin = max(opens, moment.astimezone(UTC))
            if left <= closes - begin:
                return (begin + left).astimezone(self.zone)
            left -= closes - begin
        raise AssertionError("unreachable: spans never end")

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time that lies between two moments; zero when `end` is not after `start`."""
        total = timedelta()
        for opens, closes in self._spans_from(start):
            if opens >= end:
                break
            total += min(closes, end) - max(opens, start)
        return total

    @cached_property
    def _differing_days(self) -> tuple[list[date], list[date]]:
        """Weekdays off and weekend days worked, in order."""
        off = sorted(day for day in self.holidays - self.workdays if day.weekday() < 5)
        return off, sorted(day for day in self.workdays if day.weekday() >= 5)

    def _local_day(self, moment: date | datetime) -> date:
        return moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans in UTC that end after `moment`, for ever."""
        day = moment.astimezone(self.zone).date()
        while True:
            if self.is_working_day(day):
                for start, end in self.hours:
                    opens, closes = (datetime.combine(day, at, self.zone).astimezone(UTC) for at in (start, end))
                    if closes > moment:
                        yield opens, closes
            day += DAY
