from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from hunhe.ui import words

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shenyang


@pytest.fixture(autouse=True)
def noon(compiled: None) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (1_234_567, None, "1,234,567"),
        (0, None, "0"),
        (98.6, None, "98.6"),
        (3.0, None, "3"),
        (2.345, 2, "2.35"),
        (None, None, "—"),
    ],
)
def test_number(value: object, places: int | None, text: str) -> None:
    assert words.number(value, places) == text


@pytest.mark.parametrize(
    ("before", "chinese", "english"),
    [
        (timedelta(seconds=40), "40 秒前", "40 seconds ago"),
        (timedelta(minutes=1), "1 分钟前", "1 minute ago"),
        (timedelta(hours=5), "5 小时前", "5 hours ago"),
        (timedelta(days=1), "昨天 12:00", "yesterday 12:00"),
        (timedelta(days=30), "10月25日 12:00", "25 October 12:00"),
        (-timedelta(seconds=5), "0 秒前", "0 seconds ago"),
    ],
)
def test_ago(before: timedelta, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert words.ago(NOON - before) == chinese
    with translation.override("en"):
        assert words.ago(NOON - before) == english


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (timedelta(days=3, hours=1), "还有 3 天"),
        (timedelta(hours=5), "今天 17:00"),
        (-timedelta(days=1), "超期 1 天"),
        (-timedelta(minutes=20), "超期 20 分钟"),
        (timedelta(hours=13), "还有 13 小时"),
    ],
)
def test_what_is_left(ahead: timedelta, text: str) -> None:
    with translation.override("zh-hans"):
        assert words.left(NOON + ahead) == text


def test_a_day_belongs_to_the_city_not_to_utc() -> None:
    with translation.override("zh-hans"):
        assert words.day(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)) == "11月24日"
        assert words.day(datetime(2025, 1, 5, tzinfo=UTC)) == "2025年1月5日"


def test_traditional_words_are_made(compiled: None) -> None:
    with translation.override("zh-hant"):
        assert words.ago(NOON - timedelta(minutes=3)) == "3 分鐘前"


@pytest.mark.parametrize(
    ("written", "text"), [("1960-06-13", "1960年6月13日"), ("210102001", "210102001"), ("2026-13-01", "2026-13-01"), ("", "")]
)
def test_a_day_in_a_register_is_written_as_people_write_it(written: str, text: str) -> None:
    with translation.override("zh-hans"):
        assert words.written_day(written) == text


def test_what_an_author_left_to_check_is_said_in_a_word() -> None:
    with translation.override("zh-hans"):
        assert words.basis("《社会救助暂行办法》（check：条文未核）") == "《社会救助暂行办法》（待核）"
        assert words.basis("《行政许可法》第四十二条") == "《行政许可法》第四十二条"
