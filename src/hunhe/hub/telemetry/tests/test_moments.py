"""A source's own clock, exactly."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.hub.telemetry.rules.moments import (
    instant_of,
    minute_of,
    read_clock,
    read_moment,
    write_clock,
    write_moment,
)

EAST = 480


def test_a_time_is_read_in_the_sources_clock() -> None:
    minute = read_moment("2013-01-12T08:00", EAST)
    assert write_moment(minute) == "2013-01-12T08:00"
    assert instant_of(minute, EAST).astimezone(UTC) == datetime(2013, 1, 12, 0, 0, tzinfo=UTC)


def test_a_time_with_its_own_offset_is_the_same_moment() -> None:
    assert read_moment("2013-01-12T00:00+00:00", EAST) == read_moment("2013-01-12T08:00", EAST)


@pytest.mark.parametrize(
    "text",
    ["", "2013-01-12", "2013-01-12T08:00:30", "2013-13-01T00:00", "gestern um acht", "2013-01-12T25:00", "0001-01-01T00:00",
     "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^not a time: {re.escape(text)}$"):
        read_moment(text, EAST)


@pytest.mark.parametrize("text", ["8", "+8:00", "Asia/Shanghai", "+15:00", "+08:60", ""])
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^not a clock: {re.escape(text)}$"):
        read_clock(text)


@given(st.integers(-30_000_000, 60_000_000), st.sampled_from([-570, 0, 330, 480, 840]))
def test_minutes_texts_and_instants_agree(minute: int, offset: int) -> None:
    assert read_moment(write_moment(minute), offset) == minute
    assert minute_of(instant_of(minute, offset), offset) == minute
    assert read_clock(write_clock(offset)) == offset
