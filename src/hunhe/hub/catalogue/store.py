"""Entries between shapes and rows."""

from dataclasses import asdict

from hunhe.hub.catalogue import digests, models
from hunhe.hub.catalogue.rules import same_name, searchable
from hunhe.hub.catalogue.shapes import Item, Link, Resource, ResourceState
from hunhe.stone import clock
from hunhe.stone.errors import NotFound, msgid

PLAIN = [
    "code",
    "name",
    "department",
    "provider",
    "uscc",
    "category",
    "number",
    "abstract",
    "format",
    "sharing",
    "condition",
    "basis",
    "open",
    "cycle",
    "dataset",
    "licence",
    "origin",
    "rev",
    "published_at",
    "updated_at",
]
LISTED = ("items", "keys", "tags", "links", "ways", "related")
WRITTEN = [*(name for name in PLAIN if name != "code"), *LISTED, "same_name", "text", "digest", "state", "origin_id"]


def shape(row: models.Resource) -> Resource:
    return Resource(
        **{name: getattr(row, name) for name in PLAIN},
        items=tuple(Item(**item) for item in row.items),
        keys=tuple(row.keys),
        tags=tuple(row.tags),
        links=tuple(Link(**link) for link in row.links),
        ways=tuple(row.ways),
        related=tuple(row.related),
        state=ResourceState(row.state),
    )


def row_of(resource: Resource, *, origin_id: str = "", digest: str = "") -> models.Resource:
    """An unsaved row."""
    data = asdict(resource)
    return models.Resource(
        **{name: data[name] for name in PLAIN if name != "updated_at"},
        **{name: list(data[name]) for name in LISTED},
        same_name=same_name(resource.name),
        text=searchable(resource),
        digest=digest or digest_of(resource),
        origin_id=origin_id,
        state=resource.state,
        updated_at=clock.now(),
    )


def digest_of(resource: Resource) -> str:
    """Of what an editor writes, not of state, revision and times."""
    data = {
        name: value for name, value in asdict(resource).items() if name not in ("state", "rev", "published_at", "updated_at")
    }
    return digests.of_value(data)


def get(code: str) -> models.Resource:
    row = models.Resource.objects.filter(pk=code).first()
    if row is None:
        raise unknown(code)
    return row


def unknown(code: str) -> NotFound:
    return NotFound("catalogue.resource.unknown", msgid("The catalogue has no entry %(code)s."), code=code)
