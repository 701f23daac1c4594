"""The kit's calendar against an independent list of public holidays."""

import csv
from datetime import date
from pathlib import Path

import pytest

from hunhe.kernel.city import queries
from hunhe.stone.who import Who

SYSTEM = Who.system("test")


def test_the_kit_knows_every_announced_day_of_eighteen_years(db: None, shared_data: Path) -> None:
    calendar = queries.calendar(who=SYSTEM)
    rows = list(csv.DictReader((shared_data / "09_reference/cn_holidays_2007_2024.csv").read_text().splitlines()))
    differing = [
        row for row in rows if calendar.is_working_day(date.fromisoformat(row["date"])) == (row["is_off_day"] == "True")
    ]
    assert len(rows) > 500
    assert differing == []


def test_days_off_are_as_many_as_the_list_says(db: None, shared_data: Path) -> None:
    listed = {
        date.fromisoformat(row["date"])
        for row in csv.DictReader((shared_data / "09_reference/cn_holidays_2007_2024.csv").read_text().splitlines())
        if row["is_off_day"] == "True"
    }
    ours = {day for day in queries.calendar(who=SYSTEM).holidays if 2008 <= day.year <= 2024}
    assert {day for day in ours if day.weekday() < 5} == {day for day in listed if day.weekday() < 5 and day.year > 2007}


@pytest.mark.parametrize("year", range(2004, 2027))
def test_announced_years_are_not_provisional(db: None, year: int) -> None:
    assert not queries.calendar(who=SYSTEM).is_provisional(date(year, 6, 1))


def test_a_year_not_announced_counts_weekends_and_says_so(db: None) -> None:
    calendar = queries.calendar(who=SYSTEM)
    assert calendar.is_provisional(date(2035, 10, 1))
    assert calendar.is_working_day(date(2035, 10, 1))  # a Monday
    assert not calendar.is_working_day(date(2035, 10, 6))  # a Saturday
