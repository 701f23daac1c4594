"""Reads `limits.toml`: how far the exchange lets anyone go."""

import time
from collections.abc import Iterator

from hunhe.hub.exchange.rules.limits import Limits, wrong_fields
from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone.who import Who

FRESH_SECONDS = 5.0
_held: list[tuple[float, Limits]] = []


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Every limit is a positive number."""
    for file in files:
        if file.path.endswith("/limits.toml"):
            yield from (file.doubt(name, "A limit is at least one") for name in wrong_fields(file.read_as(Limits)))


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """The limits are read where they are needed; forget what was held."""
    _held.clear()


def limits() -> Limits:
    """The limits in force, at most seconds old; the kit's where a city has none."""
    now = time.monotonic()
    if _held and _held[0][0] > now:
        return _held[0][1]
    files = city.content_files(who=Who.system("exchange"), room="exchange", pattern="limits.toml")
    found = files[0].read_as(Limits) if files else Limits()
    _held[:] = [(now + FRESH_SECONDS, found)]
    return found
