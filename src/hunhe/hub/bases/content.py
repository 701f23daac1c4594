"""Bases as city files: `hub/bases/<base>/model.toml`, `10_clean.sql`, `20_match.toml`, `checks.sql`."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from hunhe.hub.bases import sql
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Audit, read_audits
from hunhe.kernel.city import actions as city
from hunhe.kernel.city import queries as city_queries
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who

WHO = Who.system("bases")
AUDITED = frozenset({"golden", "links", "records"})  # what checks.sql may read
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list that feeds a base. mention: its rows tell of a subject without being the subject's own."""

    input: str
    dataset: str
    grade: Literal["A", "B", "C", "D"]
    mention: bool = False


class FieldRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of the golden record. authority: inputs in the order in which they win. otherwise: the value where none has one."""

    name: str
    title: str
    authority: tuple[str, ...]
    sensitive: Literal["none", "personal", "sensitive"] = "none"
    otherwise: str = ""


class Serve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: tuple[str, ...]


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """model.toml. anchor: the field whose valid value makes rows one subject."""

    id: str
    name: str
    owner: str
    basis: str
    valid_from: date
    prefix: str
    anchor: str
    sources: tuple[Source, ...]
    fields: tuple[FieldRule, ...]
    serve: Serve
    name_field: str = ""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["equal", "same_sound", "share_character", "near", "contains"] = msgspec.field(name="is")
    weight: float


class Compare(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    field: str
    levels: tuple[Level, ...]
    otherwise: float


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """20_match.toml: evidence in nats for rows without an anchor."""

    threshold: float
    lead: float
    prior: float
    candidates: tuple[tuple[str, ...], ...]
    compare: tuple[Compare, ...]


class Base(msgspec.Struct, frozen=True):
    """Everything the city says about one base. text: all its files, for telling whether they changed."""

    model: Model
    clean: str
    match: Match | None
    audits: tuple[Audit, ...]
    text: str

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(source.dataset for source in self.model.sources)


def register() -> None:
    city.register_content(who=Who.system("start"), room="bases", check=check, apply=apply, after=("collect",))


def bases() -> dict[str, Base]:
    """The bases in force, by id."""
    return _read(city_queries.content_files(who=WHO, room="bases"))


def base(name: str) -> Base:
    found = bases().get(name)
    if found is None:
        raise NotFound("bases.base.unknown", msgid("There is no base %(name)s."), name=name)
    return found


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Folders are whole, inputs and fields are known where they are named, SQL is one plain SELECT over the inputs."""
    for folder, parts in _folders(files).items():
        missing = [name for name in ("model.toml", "10_clean.sql", "checks.sql") if name not in parts]
        if missing:
            yield next(iter(parts.values())).doubt("", f"{missing[0]} is missing beside it")
            continue
        yield from _doubts(folder, parts)


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Nothing is kept: builds read the files in force, and their digest is part of what a build is made from."""


def _doubts(folder: str, parts: dict[str, ContentFile]) -> Iterator[Doubt]:
    file = parts["model.toml"]
    model = file.read_as(Model)
    inputs = {source.input for source in model.sources}
    fields = {field.name for field in model.fields}
    if model.id != folder:
        yield file.doubt("id", f"The file lies under {folder}")
    for name in sorted(inputs | fields | {model.prefix}):
        if not _NAME.fullmatch(name):
            yield file.doubt(name, "A name is lower-case letters, digits and _")
    for field in model.fields:
        for unknown in sorted(set(field.authority) - inputs):
            yield file.doubt(f"fields.{field.name}.authority", f"There is no source {unknown}")
    for name in sorted(({model.anchor, model.name_field or model.anchor, *model.serve.keys} - fields) - {"subject_id"}):
        yield file.doubt("fields", f"There is no field {name}")
    try:
        lake.checked_select(who=WHO, sql=parts["10_clean.sql"].text, names=frozenset(inputs), words=sql.NAMES)
    except Invalid as error:
        yield parts["10_clean.sql"].doubt("", str(error))
    for audit in read_audits(parts["checks.sql"].text):
        try:
            lake.checked_select(who=WHO, sql=audit.sql, names=AUDITED, words=sql.NAMES)
        except Invalid as error:
            yield parts["checks.sql"].doubt(audit.name, str(error))
    if "20_match.toml" in parts:
        match = parts["20_match.toml"].read_as(Match)
        named = {compare.field for compare in match.compare} | {name.lstrip("~") for row in match.candidates for name in row}
        for name in sorted(named - fields):
            yield parts["20_match.toml"].doubt("compare", f"There is no field {name}")


@lru_cache(maxsize=4)
def _read(files: tuple[ContentFile, ...]) -> dict[str, Base]:
    return {
        folder: Base(
            model=parts["model.toml"].read_as(Model),
            clean=parts["10_clean.sql"].text,
            match=parts["20_match.toml"].read_as(Match) if "20_match.toml" in parts else None,
            audits=read_audits(parts["checks.sql"].text),
            text="\n".join(parts[name].text for name in sorted(parts)),
        )
        for folder, parts in _folders(files).items()
    }


def _folders(files: tuple[ContentFile, ...]) -> dict[str, dict[str, ContentFile]]:
    found: dict[str, dict[str, ContentFile]] = {}
    for file in files:
        *_, folder, name = file.path.split("/")
        found.setdefault(folder, {})[name] = file
    return found
