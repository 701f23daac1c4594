"""CKAN package dictionaries, read and written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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


def write_package(resource: Resource) -> dict[str, Any]:
    """An entry as a package dictionary."""
    return {
        "id": resource.code,
        "name": resource.code.replace(".", "-"),
        "title": resource.name,
        "notes": resource.abstract,
        "state": "active",
        "private": False,
        "isopen": resource.open,
        "license_title": resource.licence,
        "organization": {"name": resource.department, "title": resource.provider or resource.department},
        "tags": [{"name": tag, "display_name": tag} for tag in resource.tags],
        "num_resources": len(resource.links),
        "resources": [{"name": link.name, "url": link.url, "format": link.format} for link in resource.links],
        "metadata_modified": resource.updated_at.isoformat() if resource.updated_at else None,
        "extras": [
            {"key": "sharing", "value": resource.sharing},
            {"key": "condition", "value": resource.condition},
            {"key": "basis", "value": resource.basis},
            {"key": "cycle", "value": resource.cycle},
        ],
    }


def _link(link: Mapping[str, Any]) -> Link:
    return Link(name=_text(link.get("name"))[:300], url=_text(link.get("url"))[:1000], format=_text(link.get("format"))[:60])


def _format(links: tuple[Link, ...]) -> Format:
    kinds = {link.format.lower() for link in links}
    if kinds & _SERVICES:
        return "interface"
    return "table" if kinds & _TABLES else "file"


def _text(value: Any, default: str = "") -> str:
    return str(value).strip() if isinstance(value, str | int | float) and str(value).strip() else default
