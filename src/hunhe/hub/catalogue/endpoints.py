"""HTTP: `/api/v1/catalogue/…`. Published entries are open to all."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from hunhe.hub.catalogue import actions, queries
from hunhe.hub.catalogue.shapes import Category, Cycle, Format, Item, Level, Resource, Sharing, Way
from hunhe.ui.callers import caller

router = Router()


class Slice(Schema):
    """Which entries of a list. As one schema: a bound on a plain query parameter loses its default."""

    department: str | None = None
    cursor: str | None = None
    size: int = Field(50, ge=1, le=200)


class Sought(Slice):
    text: str = Field("", max_length=200)


class ItemBody(Schema):
    name: str = Field(min_length=1, max_length=120)
    title: str = Field(min_length=1, max_length=200)
    type: str = Field("C", pattern="^[CNYDTLMGBIF]$")
    length: int | None = None
    level: Level = "general"
    sensitive: str = Field("none", pattern="^(none|personal|sensitive)$")


class ResourceIn(Schema):
    name: str = Field(min_length=1, max_length=300)
    department: str = Field(min_length=1, max_length=60)
    provider: str = Field("", max_length=300)
    uscc: str = Field("", max_length=18)
    category: Category = "department"
    number: str = Field("", max_length=40)
    abstract: str = Field("", max_length=20_000)
    format: Format = "table"
    ways: list[Way] = Field(default_factory=list, max_length=3)
    items: list[ItemBody] = Field(default_factory=list, max_length=2000)
    sharing: Sharing = "conditional"
    condition: str = Field("", max_length=2000)
    basis: str = Field("", max_length=2000)
    open: bool = False
    cycle: Cycle = "irregular"
    dataset: str = Field("", max_length=160)
    keys: list[str] = Field(default_factory=list, max_length=10)
    tags: list[str] = Field(default_factory=list, max_length=50)
    related: list[str] = Field(default_factory=list, max_length=50)


class ResourceOut(Schema):
    code: str
    name: str
    department: str
    provider: str
    uscc: str
    category: str
    number: str
    abstract: str
    format: str
    ways: list[str]
    items: list[dict[str, Any]]
    sharing: str
    condition: str
    basis: str
    open: bool
    cycle: str
    dataset: str
    keys: list[str]
    tags: list[str]
    links: list[dict[str, str]]
    related: list[str]
    licence: str
    origin: str
    state: str
    rev: int
    published_at: datetime | None
    updated_at: datetime | None


class ResourcePage(Schema):
    items: list[ResourceOut]
    next: str | None


class Reason(Schema):
    reason: str = Field(min_length=1, max_length=2000)


@router.get("/search", response=ResourcePage)
def search(request: HttpRequest, sought: Query[Sought]) -> ResourcePage:
    """Entries that hold every word, in the name first. Parts of words count, as Chinese wants."""
    page = queries.search(who=caller(request), **sought.dict())
    return ResourcePage(items=[_out(found) for found in page.items], next=page.next)


@router.get("/resources", response=ResourcePage)
def list_resources(request: HttpRequest, slice_: Query[Slice]) -> ResourcePage:
    """Entries by code."""
    page = queries.list_resources(who=caller(request), **slice_.dict())
    return ResourcePage(items=[_out(found) for found in page.items], next=page.next)


@router.get("/resources/{code}", response=ResourceOut)
def resource_by_code(request: HttpRequest, code: str) -> ResourceOut:
    """One entry with its data items."""
    return _out(queries.resource_by_code(who=caller(request), code=code))


@router.put("/resources/{code}", response=ResourceOut)
def save_resource(request: HttpRequest, code: str, body: ResourceIn) -> ResourceOut:
    """Write an entry: new ones are drafts, published ones are changing until published again."""
    data: dict[str, Any] = body.dict()
    data |= {name: tuple(data[name]) for name in ("keys", "tags", "ways", "related")}
    data["items"] = tuple(Item(**item) for item in data["items"])
    resource = Resource(code=code, **data)
    return _out(actions.save_resource(who=caller(request), resource=resource))


@router.post("/resources/{code}/register", response=ResourceOut)
def register_resource(request: HttpRequest, code: str) -> ResourceOut:
    """Hand an entry in for publication."""
    return _out(actions.register_resource(who=caller(request), code=code))


@router.post("/resources/{code}/publish", response=ResourceOut)
def publish_resource(request: HttpRequest, code: str) -> ResourceOut:
    """Publish a registered entry."""
    return _out(actions.publish_resource(who=caller(request), code=code))


@router.post("/resources/{code}/refuse", response=ResourceOut)
def refuse_resource(request: HttpRequest, code: str, body: Reason) -> ResourceOut:
    """Send a registered entry back with a reason."""
    return _out(actions.refuse_resource(who=caller(request), code=code, reason=body.reason))


@router.post("/resources/{code}/retire", response=ResourceOut)
def retire_resource(request: HttpRequest, code: str) -> ResourceOut:
    """Take an entry out of use."""
    return _out(actions.retire_resource(who=caller(request), code=code))


def _out(resource: Resource) -> ResourceOut:
    return ResourceOut(**asdict(resource))
