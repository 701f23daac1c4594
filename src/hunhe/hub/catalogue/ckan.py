"""CKAN package dictionaries, read and written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hunhe.hub.catalogue import digests
from hunhe.hub.catalogue.shapes import Format, Link, Resource, ResourceState
from hunhe.stone.errors import Invalid, msgid

VOLATILE = {
    "tracking_summary",
    "num_tags",
    "num_resources",
    "isopen",
    "revision_id",
    "revision_timestamp",
    "webstore_last_updated",
    "cache_last_updated",
}
_WORD = re.compile(r"[^a-z0-9_\-]+")
_TAG = re.compile(r"[^\w \-.]+")
_TABLES = {"csv", "xls", "xlsx", "ods", "tsv", "parquet"}
_SERVICES = {"wms", "wfs", "wcs", "api", "esri rest", "rest", "odata", "sparql"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as another catalogue has it, with its id there and a digest of all that matters."""

    resource: Resource
    origin_id: str
    digest: str


def read_package(package: Mapping[str, Any], origin: str) -> Entry:
    """A package as an entry. Without provider or abstract it stays a draft: it is counted, but not published."""
    origin_id = _text(package.get("id")) or _text(package.get("name"))
    if not origin_id:
        raise Invalid("catalogue.import.no_id", msgid("A record has neither id nor name."))
    organisation = package.get("organization") if isinstance(package.get("organization"), Mapping) else {}
    department = _text(organisation.get("name")) if isinstance(organisation, Mapping) else ""
    links = tuple(_link(link) for link in package.get("resources") or () if isinstance(link, Mapping))
    abstract = _text(package.get("notes"))
    usable = bool(department and abstract and _text(package.get("state"), "active") == "active" and not package.get("private"))
    resource = Resource(
        code=code_of(origin, _text(package.get("name")) or origin_id),
        name=(_text(package.get("title")) or _text(package.get("name")) or origin_id)[:300],
        department=(department or "unknown")[:100],
        provider=_text(organisation.get("title"))[:300] if isinstance(organisation, Mapping) else "",
        abstract=abstract,
        format=_format(links),
        sharing="unconditional",
        open=not package.get("private"),
        cycle="irregular",
        tags=tuple(
            _text(tag.get("display_name") or tag.get("name")) for tag in package.get("tags") or () if isinstance(tag, Mapping)
        )[:50],
        links=links[:200],
        licence=_text(package.get("license_title"))[:300],
        origin=origin,
        state=ResourceState.PUBLISHED if usable else ResourceState.DRAFT,
    )
    return Entry(resource, origin_id[:300], digest_of(package))


def digest_of(record: Any) -> str:
    """Of a record without what counts visits or follows from the rest."""
    return digests.of_value(_settled(record))


def _settled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _settled(part) for key, part in value.items() if key not in VOLATILE}
    return [_settled(part) for part in value] if isinstance(value, list) else value


def code_of(origin: str, name: str) -> str:
    """A code for an imported entry: its origin and its name there; long names end in a digest."""
    word = _WORD.sub("-", name.lower()).strip("-") or "x"
    prefix = _WORD.sub("-", origin.lower()).strip("-.") or "import"
    text = f"{prefix[:40]}.{word}"
    return text if len(text) <= 100 and word == name else f"{text[:83].rstrip('-')}-{digests.of_text(name)[:16]}"


def name_of(code: str) -> str:
    """An entry's code as CKAN names packages: no dots."""
    return code.replace(".", "--")


def code_of_name(name: str) -> str:
    return name.replace("--", ".")


def write_package(resource: Resource, base: str) -> dict[str, Any]:
    """An entry as a package dictionary. base: the city's address."""
    tags = [tag for tag in (_TAG.sub("-", tag) for tag in resource.tags) if len(tag) > 1]  # CKAN takes no shorter ones
    links = _links_of(resource, base)
    return {
        "id": resource.code,
        "name": name_of(resource.code),
        "title": resource.name,
        "notes": resource.abstract,
        "url": f"{base}/catalogue/{resource.code}",
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": resource.open,
        "version": str(resource.rev),
        "license_title": resource.licence,
        "owner_org": resource.department,
        "organization": {
            "id": resource.department,
            "name": resource.department,
            "title": resource.provider or resource.department,
            "type": "organization",
            "is_organization": True,
            "state": "active",
        },
        "groups": [],
        "num_tags": len(tags),
        "tags": [{"name": tag, "display_name": tag, "state": "active"} for tag in tags],
        "num_resources": len(links),
        "resources": links,
        "metadata_created": _moment(resource.published_at or resource.updated_at),
        "metadata_modified": _moment(resource.updated_at),
        "extras": [{"key": key, "value": value} for key, value in _extras(resource)],
    }


def _links_of(resource: Resource, base: str) -> list[dict[str, Any]]:
    """What CKAN calls resources: where an imported entry points, and the page on which a city's own is asked for."""
    links = list(resource.links)
    if resource.dataset and resource.sharing != "none":
        links.append(Link(name=resource.name, url=f"{base}/catalogue/{resource.code}", format="API"))
    return [
        {
            "id": f"{resource.code}/{place}",
            "package_id": resource.code,
            "position": place,
            "name": link.name,
            "url": link.url,
            "format": link.format,
            "state": "active",
        }
        for place, link in enumerate(links)
    ]


def _extras(resource: Resource) -> Iterator[tuple[str, str]]:
    """What a city's entry says and CKAN has no field for."""
    for name in ("sharing", "condition", "basis", "cycle", "category", "number", "uscc", "format"):
        if value := getattr(resource, name):
            yield name, str(value)
    for name in ("ways", "related"):
        if values := getattr(resource, name):
            yield name, " ".join(values)
    if resource.items:
        yield "items", "、".join(item.title for item in resource.items)


def _moment(at: datetime | None) -> str | None:
    """CKAN's moments are UTC and say no zone."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") if at else None


def _link(link: Mapping[str, Any]) -> Link:
    return Link(name=_text(link.get("name"))[:300], url=_text(link.get("url"))[:1000], format=_text(link.get("format"))[:60])


def _format(links: tuple[Link, ...]) -> Format:
    kinds = {link.format.lower() for link in links}
    if kinds & _SERVICES:
        return "interface"
    return "table" if kinds & _TABLES else "file"


def _text(value: Any, default: str = "") -> str:
    return str(value).strip() if isinstance(value, str | int | float) and str(value).strip() else default
