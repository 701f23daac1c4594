"""Themes as city files: `hub/themes/<theme>/{model.toml, <table>.sql, checks.sql}` and `hub/themes/rights.toml`."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec

from hunhe.hub.lake.shapes import Audit, read_audits
from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

WHO = Who.system("themes")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MODEL, CHECKS, RIGHTS = "model.toml", "checks.sql", "rights.toml"


class TableText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people call a table and its columns; everything else about it is read off its SQL."""

    name: str
    title: str
    columns: dict[str, str]


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number that the theme feeds: the sum of `column` over the rows of `table`."""

    name: str
    title: str
    caliber: str
    unit: str
    table: str
    column: str
    label: str = ""
    division: str = ""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """model.toml. named: the source article names this theme; the others are this house's choice."""

    id: str
    name: str
    owner: str
    basis: str
    valid_from: date
    about: str
    tables: tuple[TableText, ...]
    indicators: tuple[Indicator, ...] = ()
    named: bool = False


class Right(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department may use columns of a table for its theme. given_by: the department whose table it is."""

    owner: str
    table: str
    columns: tuple[str, ...]
    given_by: str
    basis: str
    until: date | None = None


class Rights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    owner: str
    basis: str
    valid_from: date
    rights: tuple[Right, ...] = ()


class Folder(msgspec.Struct, frozen=True):
    """Everything the city says about one theme. steps: table → SQL; text: all its files, for telling whether they changed."""

    model: Model
    steps: dict[str, str]
    audits: tuple[Audit, ...]
    text: str


def files() -> tuple[ContentFile, ...]:
    """The files in force, or those at hand while a city is checked."""
    return city.content_files(who=WHO, room="themes")


def folders() -> dict[str, Folder]:
    """The themes in force, by id."""
    return _read(files())


def folder(name: str) -> Folder:
    found = folders().get(name)
    if found is None:
        raise NotFound("themes.theme.unknown", msgid("There is no theme %(name)s."), name=name)
    return found


def rights() -> tuple[Right, ...]:
    return _rights(files())


def parts(files: tuple[ContentFile, ...]) -> Iterator[tuple[str, dict[str, ContentFile]]]:
    """Theme by theme: the files of its folder by name."""
    found: dict[str, dict[str, ContentFile]] = {}
    for file in files:
        *_, above, name = file.path.split("/")
        if name != RIGHTS:
            found.setdefault(above, {})[name] = file
    yield from sorted(found.items())


@lru_cache(maxsize=4)
def _read(files: tuple[ContentFile, ...]) -> dict[str, Folder]:
    return {
        name: Folder(
            model=found[MODEL].read_as(Model),
            steps={file.stem: file.text for file in found.values() if file.path.endswith(".sql") and file.stem != "checks"},
            audits=read_audits(found[CHECKS].text) if CHECKS in found else (),
            text="\n".join(found[part].text for part in sorted(found)),
        )
        for name, found in parts(files)
        if MODEL in found
    }


@lru_cache(maxsize=4)
def _rights(files: tuple[ContentFile, ...]) -> tuple[Right, ...]:
    return tuple(one for file in files if file.path.endswith(RIGHTS) for one in file.read_as(Rights).rights)
