"""Content files, doubts about them, claims and facts of a city."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar

import msgspec

from hunhe.kernel.city.calendar import WorkCalendar
from hunhe.kernel.city.divisions import DivisionRow, Level, parse_divisions
from hunhe.stone.errors import Invalid, msgid

__all__ = [
    "Change",
    "CityFacts",
    "Claim",
    "ContentFile",
    "DivisionRow",
    "Doubt",
    "Doubtful",
    "Level",
    "Merge",
    "NewCity",
    "WorkCalendar",
    "parse_divisions",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a content file cannot be applied: which file, which key in it (`posts[2].role`), what is wrong (a msgid)."""

    path: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.key}: {self.message}" if self.key else f"{self.path}: {self.message}"


class Doubtful(Invalid):
    """Raised by a reader of content at its first doubt."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__("city.content.doubt", msgid("The content cannot be applied. %(doubt)s"), doubt=doubt)
        self.doubt = doubt


@lru_cache(maxsize=1024)
def _toml(text: str) -> Mapping[str, Any]:
    """Read once, however often a room asks for its files; nobody writes into it."""
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One content file.

    path: from the root of its layer, `kernel/org/posts.toml`. layer: name of the layer it came from, `kit` lowest.
    text: as written. data: the parsed TOML table; empty for other kinds of file.
    """

    path: str
    layer: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def parsed(cls, path: str, layer: str, text: str) -> "ContentFile":
        """The file with its TOML read; Doubtful when it is not TOML."""
        if not path.endswith(".toml"):
            return cls(path, layer, text)
        try:
            return cls(path, layer, text, _toml(text))
        except tomllib.TOMLDecodeError as error:
            raise Doubtful(Doubt(path, "", str(error))) from error

    @property
    def stem(self) -> str:
        """File name without its ending, often the id of what it describes."""
        return self.path.rsplit("/", 1)[-1].split(".", 1)[0]

    def read_as(self, kind: type[T]) -> T:
        """The data as `kind` (dataclass or msgspec.Struct, strictly typed); Doubtful naming the key that does not fit."""
        try:
            return msgspec.convert(self.data, kind)
        except msgspec.ValidationError as error:
            message, _, key = str(error).partition(" - at `")
            raise Doubtful(self.doubt(key.rstrip("`").removeprefix("$").lstrip("."), message)) from error

    def doubt(self, key: str, message: str) -> Doubt:
        return Doubt(self.path, key, message)


@dataclass(frozen=True, slots=True)
class Claim:
    """One number or named system of the article the city is measured by.

    sentence: short quote. value: the number written out, empty for a named system; bound: how the article bounds it (“餘”,
    “近”). row: row of the mission.
    kind: computed from the city's rows, filed as a row by its owner, or quoted and nothing more. indicators: ids of those that
    compute it, in the caliber of the article first; empty while no room counts it. cumulative: the article adds up days, so those are summed.
    room: what of the city will count it, in the words of the table `rooms`; left out in the file, it follows from the row.
    """

    id: str
    sentence: str
    row: str
    kind: Literal["computed", "filed", "quoted"]
    value: str = ""
    unit: str = ""
    bound: Literal["exactly", "at_least", "at_most", "about"] = "exactly"
    note: str = ""
    indicators: tuple[str, ...] = ()
    cumulative: bool = False
    room: str = ""


@dataclass(frozen=True, slots=True)
class CityFacts:
    """Who this city is. code: division code of the city's root, e.g. `2101`. layers: lowest first. source: of the claims."""

    code: str
    name: str
    layers: tuple[str, ...]
    claims: tuple[Claim, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an apply did to one file."""

    path: str
    what: Literal["added", "changed", "removed", "kept"]
    version: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Result of an apply. Empty changes: nothing was to be done."""

    city: str
    files: int
    changes: tuple[Change, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class NewCity:
    """What `city new` wrote."""

    code: str
    name: str
    folder: str
    divisions: int
