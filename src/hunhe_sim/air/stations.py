"""Stations that report now: every five minutes, each at its own minute; values follow from the moment, so that a day played again
says the same."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

EVERY = 5
CLOCK = "+08:00"
_ZONE = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BACK = 6 * 60


@dataclass(frozen=True, slots=True)
class Station:
    """One station. place: its number among the others."""

    code: str
    name: str
    division: str
    place: int


def stations_of(districts: list[dict[str, str]], most: int = 5) -> list[Station]:
    """One station in each of the first districts."""
    return [
        Station(f"station_{number + 1}", f"{district['name']}空气站", district["code"], number)
        for number, district in enumerate(districts[:most])
    ]


def minute_now() -> int:
    """Minutes since 1970."""
    return (datetime.now(tz=UTC) - _EPOCH) // timedelta(minutes=1)


def text_of(minute: int) -> str:
    """As the stations' clock shows it."""
    return (_EPOCH + timedelta(minutes=minute)).astimezone(_ZONE).strftime("%Y-%m-%dT%H:%M")


def morning(station: Station, anchor: int) -> Iterator[tuple[int, float]]:
    """What a station reported in the six hours before `anchor`: the first is over its limit and stays there, the second was
    and is not any more, the third has fallen silent, the others are calm."""
    for minute in _slots(station, anchor - BACK, anchor):
        age = anchor - minute
        if station.place == 0:
            yield minute, _about(station, minute, 60 if age > 75 else 310 - 2 * age)
        elif station.place == 1:
            yield minute, _about(station, minute, 265 if 120 < age <= 200 else 48)
        elif station.place == 2 and age < 230:
            return
        else:
            yield minute, _about(station, minute, 40 + 12 * station.place)


def later(station: Station, after: int, until: int) -> Iterator[tuple[int, float]]:
    """What it reports in the life after: slow waves, over the limit now and then; the silent one speaks again in some hours."""
    for minute in _slots(station, after, until):
        if station.place == 2 and (minute // 60) % 8 < 6:
            continue
        wave = math.sin(2 * math.pi * (minute / 170 + station.place / 5))
        yield minute, _about(station, minute, 105 + (95 - 18 * station.place) * wave)


def _slots(station: Station, after: int, until: int) -> range:
    first = after + 1
    first += (station.place - first) % EVERY
    return range(first, until + 1, EVERY)


def _about(station: Station, minute: int, value: float) -> float:
    """A value near this one, the same whenever it is asked."""
    digest = hashlib.sha256(f"{station.code} {minute}".encode()).digest()
    return max(3.0, round(value + digest[0] / 255 * 16 - 8, 1))
