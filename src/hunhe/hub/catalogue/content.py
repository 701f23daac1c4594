"""Entries as city files: `hub/catalogue/<department>.toml`, a table `[[resources]]` each. Those entries are published: the file is
their review. An entry that leaves the file is retired."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from hunhe.hub.catalogue import models, rules, store
from hunhe.hub.catalogue.shapes import Category, Cycle, Format, Item, Level, Resource, ResourceState, Sharing, Way
from hunhe.kernel.city import actions as city
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone import clock
from hunhe.stone.who import Who

ORIGIN = "city"


class ItemEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: str
    type: Literal["C", "N", "Y", "D", "T", "L", "M", "G", "B", "I", "F"] = "C"
    length: int | None = None
    level: Level = "general"
    sensitive: Literal["none", "personal", "sensitive"] = "none"


class ResourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[resources]]` table."""

    code: str
    name: str
    abstract: str
    items: tuple[ItemEntry, ...]
    provider: str = ""
    uscc: str = ""
    category: Category = "department"
    number: str = ""
    format: Format = "database"
    ways: tuple[Way, ...] = ()
    sharing: Sharing = "conditional"
    condition: str = ""
    basis: str = ""
    open: bool = False
    cycle: Cycle = "daily"
    dataset: str = ""
    keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


class DepartmentFile(msgspec.Struct, frozen=True):
    """One file of a department."""

    department: str
    resources: tuple[ResourceEntry, ...] = ()


def register() -> None:
    city.register_content(who=Who.system("start"), room="catalogue", check=check, apply=apply, after=("org",))


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Entries hold what an entry needs; codes and names come once."""
    codes: set[str] = set()
    for file in _files(files):
        names: set[str] = set()
        content = file.read_as(DepartmentFile)
        if file.stem != content.department:
            yield file.doubt("department", "The file is named after its department")
        for place, entry in enumerate(content.resources):
            resource = _resource(content.department, entry)
            for finding in rules.findings(resource):
                yield file.doubt(f"resources[{place}].{finding.field}", finding.message)
            if resource.code in codes or rules.same_name(resource.name) in names:
                yield file.doubt(f"resources[{place}].name", "There is another entry with this code or name")
            codes.add(resource.code)
            names.add(rules.same_name(resource.name))


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Entries as the files say. Only what changed is written, with a new revision."""
    wanted = {
        entry.code: _resource(content.department, entry)
        for file in _files(files)
        for content in (file.read_as(DepartmentFile),)
        for entry in content.resources
    }
    there = {row.code: row for row in models.Resource.objects.filter(origin=ORIGIN)}
    changed = []
    for code, resource in wanted.items():
        row = store.row_of(resource)
        before = there.get(code)
        if before is not None and before.digest == row.digest and before.state == ResourceState.PUBLISHED:
            continue
        row.rev = before.rev + 1 if before is not None else 1
        row.published_at = clock.now()
        changed.append(row)
    models.Resource.objects.bulk_create(changed, update_conflicts=True, unique_fields=["code"], update_fields=store.WRITTEN)
    gone = [code for code in there if code not in wanted]
    models.Resource.objects.filter(code__in=gone).exclude(state=ResourceState.RETIRED).update(
        state=ResourceState.RETIRED, updated_at=clock.now()
    )


def _resource(department: str, entry: ResourceEntry) -> Resource:
    data = msgspec.structs.asdict(entry)
    items = tuple(Item(**msgspec.structs.asdict(item)) for item in entry.items)
    return Resource(**(data | {"items": items, "department": department, "origin": ORIGIN, "state": ResourceState.PUBLISHED}))


def _files(files: tuple[ContentFile, ...]) -> Iterator[ContentFile]:
    return (file for file in files if file.path.endswith(".toml"))
