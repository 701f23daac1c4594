"""Reads `wallet/functions/<id>.toml`: the functions of the city's code."""

import time
from collections.abc import Iterator

import msgspec

from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.wallet.functions.shapes import Shows

FRESH_SECONDS = 5.0
NUMBERS = range(1, 256)
LEVELS = (2, 3)
_held: list[tuple[float, tuple["FunctionFile", ...]]] = []


class FunctionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file. after: the sentence a keeper reads once the code has passed."""

    id: str
    number: int
    name: str
    owner: str
    version: str
    basis: str
    valid_from: str
    min_level: int
    tells: str
    after: str
    shows: Shows = "nothing"
    licence: str = ""
    consent: str = ""
    departments: tuple[str, ...] = ()
    on: bool = True


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Each file stands for itself; a number belongs to one function only."""
    numbers: dict[int, str] = {}
    for file in files:
        read = file.read_as(FunctionFile)
        if read.id != file.stem:
            yield file.doubt("id", msgid("The id must be the file's name."))
        if read.number not in NUMBERS or read.number in numbers:
            yield file.doubt("number", msgid("A number from 1 to 255 that no other function has."))
        if read.min_level not in LEVELS:
            yield file.doubt("min_level", msgid("A code is shown at level 2 or 3."))
        if (read.shows == "licence") != bool(read.licence):
            yield file.doubt("licence", msgid("Name a licence where one is shown, and only there."))
        numbers[read.number] = read.id


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Functions are read where they are needed; forget what was held."""
    forget()


def forget() -> None:
    _held.clear()


def functions() -> tuple[FunctionFile, ...]:
    """All functions by number, at most seconds old."""
    now = time.monotonic()
    if _held and _held[0][0] > now:
        return _held[0][1]
    files = city.content_files(who=Who.system("functions"), room="functions", pattern="*.toml")
    found = tuple(sorted((file.read_as(FunctionFile) for file in files), key=lambda read: read.number))
    _held[:] = [(now + FRESH_SECONDS, found)]
    return found
