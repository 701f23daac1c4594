"""What passes through the catalogue's doors."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Sharing = Literal["unconditional", "conditional", "none"]
Format = Literal["file", "table", "database", "image", "media", "self_described", "interface"]
Cycle = Literal["realtime", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"]
Level = Literal["general", "important", "core"]
Category = Literal["base", "theme", "department"]
Way = Literal["file", "interface", "database"]
ImportFormat = Literal["ckan", "dcat"]


class ResourceState(StrEnum):
    """How far an entry has come; only a published one can be used."""

    DRAFT = "draft"
    REGISTERED = "registered"
    PUBLISHED = "published"
    CHANGING = "changing"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One data item. type: C text, N number, Y currency, D date, T date and time, L logical, M memo, G general, B double,
    I integer, F float (编制指南). level: GB/T 43697-2024. sensitive: none, personal or sensitive personal data."""

    name: str
    title: str
    type: str = "C"
    length: int | None = None
    level: Level = "general"
    sensitive: Literal["none", "personal", "sensitive"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A file or service that an imported entry points at."""

    name: str
    url: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One catalogue entry (政务信息资源目录编制指南). category: a base library, a theme library or a department's own; number: its place
    in the national coding (class, item, order, sub-order, then a serial number); uscc: the provider's unified social credit
    code; ways: how it is shared; related: codes of entries that belong with it. dataset: lake table behind it; keys: columns it
    can be asked by. basis: the law, for sharing that is refused or conditional. origin: where an imported entry came from."""

    code: str
    name: str
    department: str
    provider: str = ""
    uscc: str = ""
    category: Category = "department"
    number: str = ""
    abstract: str
    format: Format = "table"
    ways: tuple[Way, ...] = ()
    items: tuple[Item, ...] = ()
    sharing: Sharing = "conditional"
    condition: str = ""
    basis: str = ""
    open: bool = False
    cycle: Cycle = "irregular"
    dataset: str = ""
    keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    related: tuple[str, ...] = ()
    licence: str = ""
    origin: str = ""
    state: ResourceState = ResourceState.DRAFT
    rev: int = 1
    published_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What an import did. total: records read; removed: entries of the same origin that were not among them."""

    total: int
    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Why an entry cannot go on: field and a msgid."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCount:
    """One department's entries: how many are published, how many of those can be called by key."""

    department: str
    published: int
    callable: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSlice:
    """Part of the published entries that a harvester asked for. count: of all that match; departments: entries of each."""

    count: int
    resources: tuple[Resource, ...]
    departments: tuple[tuple[str, int], ...] = ()
