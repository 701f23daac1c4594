"""Days and quotas, counted in city time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The city's day on which `moment` (aware) falls."""
    return moment.astimezone(zone).date()


def day_ends(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of the next city day."""
    return datetime.combine(day_of(moment, zone) + timedelta(days=1), time(), tzinfo=zone)


def seconds_left(moment: datetime, zone: ZoneInfo) -> int:
    """Whole seconds until the quota of this day is renewed; at least one."""
    return max(1, int((day_ends(moment, zone) - moment).total_seconds()))


def is_spent(used: int, quota: int) -> bool:
    return used >= quota


def suggested_quota(asked: int, busiest_day: int | None) -> int:
    """What a provider might grant: half as much again as the busiest day of like grants, in hundreds; never more than asked."""
    if busiest_day is None:
        return asked
    return min(asked, max(100, -(-busiest_day * 3 // 200) * 100))
