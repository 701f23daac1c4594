"""The working calendar, by rule and by example."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.city.shapes import WorkCalendar

CHINA = ZoneInfo("Asia/Shanghai")
NATIONAL_DAY = WorkCalendar(
    holidays=frozenset(date(2021, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2021, 9, 26), date(2021, 10, 9)}),
    years=frozenset({2021}),
)
DAYS = st.dates(date(2021, 1, 1), date(2022, 12, 31))
MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2022, 12, 31), timezones=st.just(UTC))
CALENDARS = st.builds(WorkCalendar, holidays=st.frozensets(DAYS, max_size=60), workdays=st.frozensets(DAYS, max_size=20))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_make_up_days_count_and_holidays_do_not() -> None:
    assert NATIONAL_DAY.is_working_day(date(2021, 9, 26))  # a Sunday
    assert not NATIONAL_DAY.is_working_day(date(2021, 10, 7))  # a Thursday
    assert NATIONAL_DAY.is_working_day(date(2021, 10, 9))  # a Saturday
    assert not NATIONAL_DAY.is_provisional(date(2021, 12, 31))
    assert NATIONAL_DAY.is_provisional(date(2022, 1, 1))


def test_five_working_days_over_the_national_day() -> None:
    assert NATIONAL_DAY.add_working_days(at("2021-09-29T10:00"), 5) == at("2021-10-12T10:00")
    assert NATIONAL_DAY.deadline(at("2021-09-29T10:00"), 5) == at("2021-10-12T17:00")
    assert NATIONAL_DAY.deadline(at("2021-09-30T23:59"), 0) == at("2021-09-30T17:00")


def test_days_are_the_citys_days_not_utc() -> None:
    late_evening_utc = datetime(2021, 9, 29, 17, tzinfo=UTC)  # 01:00 on the 30th in Shenyang
    assert NATIONAL_DAY.add_working_days(late_evening_utc, 1) == at("2021-10-08T01:00")


def test_four_working_hours_skip_lunch_night_and_holiday() -> None:
    assert NATIONAL_DAY.add_working_hours(at("2021-09-30T11:00"), 4) == at("2021-09-30T16:00")
    assert NATIONAL_DAY.add_working_hours(at("2021-09-30T16:00"), 4) == at("2021-10-08T11:30")
    assert NATIONAL_DAY.add_working_hours(at("2021-10-03T03:00"), 0.5) == at("2021-10-08T09:00")


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        NATIONAL_DAY.add_working_days(at("2021-09-30T11:00"), -1)
    with pytest.raises(ValueError, match="negative"):
        NATIONAL_DAY.add_working_hours(at("2021-09-30T11:00"), -1)


@given(CALENDARS, MOMENTS, st.integers(0, 60))
def test_between_undoes_add(calendar: WorkCalendar, moment: datetime, days: int) -> None:
    reached = calendar.add_working_days(moment, days)
    assert calendar.working_days_between(moment, reached) == days
    assert days == 0 or calendar.is_working_day(reached.astimezone(CHINA).date())


@given(CALENDARS, MOMENTS, st.integers(0, 30), st.integers(0, 30))
def test_adding_in_two_steps_is_adding_at_once(calendar: WorkCalendar, moment: datetime, one: int, two: int) -> None:
    stepwise = calendar.add_working_days(calendar.add_working_days(moment, one), two)
    assert stepwise == calendar.add_working_days(moment, one + two)


@given(CALENDARS, DAYS, DAYS)
def test_between_counts_each_working_day_once(calendar: WorkCalendar, a: date, b: date) -> None:
    counted = sum(calendar.is_working_day(a + timedelta(days=n)) for n in range(1, (b - a).days + 1))
    assert calendar.working_days_between(a, b) == (counted if b >= a else -calendar.working_days_between(b, a))


@given(CALENDARS, MOMENTS, st.integers(0, 60 * 80))
def test_working_time_between_undoes_adding_hours(calendar: WorkCalendar, moment: datetime, minutes: int) -> None:
    reached = calendar.add_working_hours(moment, minutes / 60)
    passed = calendar.working_time_between(moment, reached)
    assert abs(passed - timedelta(minutes=minutes)) < timedelta(milliseconds=1)
    local = reached.astimezone(CHINA)
    assert calendar.is_working_day(local.date())
    assert any(start <= local.time() <= end for start, end in calendar.hours)


def test_working_hours_stand_in_order() -> None:
    assert WorkCalendar().hours == ((time(8, 30), time(12)), (time(13), time(17)))
