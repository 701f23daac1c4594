"""Writing the catalogue: entries through their states, imports."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction

from hunhe.hub.catalogue import importing, jobs, models, reading, rules, store
from hunhe.hub.catalogue.shapes import ImportCount, ImportFormat, Resource, ResourceState
from hunhe.kernel.audit import actions as audit
from hunhe.stone import clock
from hunhe.stone.door import CROSS_DEPARTMENTS, Gate, Scope, door
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who

EDIT = "catalogue.may_edit_resources"
PUBLISH = "catalogue.may_publish_resources"
UNFINISHED = {"abstract", "basis", "condition"}  # what a draft may lack


@door(may=EDIT, scope=Scope.CITY)
def save_resource(*, who: Who, resource: Resource) -> Resource:
    """Write an entry: a new one is a draft, a published one is changing until published again.

    Conflict when the department has an entry whose name differs only by spaces or punctuation.
    """
    _within(who, resource.department)
    for finding in rules.findings(resource):
        if finding.field not in UNFINISHED:
            raise Invalid(f"catalogue.resource.{finding.field}", finding.message)
    with transaction.atomic():
        before = models.Resource.objects.select_for_update().filter(pk=resource.code).first()
        if before is not None:
            _within(who, before.department)
        twin = models.Resource.objects.filter(same_name=rules.same_name(resource.name), department=resource.department)
        if (other := twin.exclude(pk=resource.code).exclude(state=ResourceState.RETIRED).first()) is not None:
            raise Conflict(
                "catalogue.resource.duplicate",
                msgid("“%(name)s” is there already, as %(code)s."),
                name=other.name,
                code=other.code,
            )
        state = ResourceState.DRAFT
        if before is not None:
            state = rules.next_state(ResourceState(before.state), "change") or ResourceState(before.state)
        made = replace(
            resource, state=state, rev=before.rev + 1 if before else 1, published_at=before.published_at if before else None
        )
        store.row_of(made).save()
        audit.record(
            who=who,
            act="catalogue.resource.saved",
            object=f"resource:{made.code}",
            detail={"state": state.value, "rev": made.rev},
        )
    return made


@door(may=EDIT, scope=Scope.CITY)
def register_resource(*, who: Who, code: str) -> Resource:
    """Hand an entry in for publication; Invalid names what it still lacks."""
    return _move(who, code, "register")


@door(may=PUBLISH, scope=Scope.CITY)
def publish_resource(*, who: Who, code: str) -> Resource:
    """Publish a registered entry; from now on it can be found and asked for."""
    return _move(who, code, "publish")


@door(may=PUBLISH, scope=Scope.CITY)
def refuse_resource(*, who: Who, code: str, reason: str) -> Resource:
    """Send a registered entry back to its department with a reason."""
    if not reason.strip():
        raise Invalid("catalogue.resource.reason", msgid("Say why the entry goes back."))
    return _move(who, code, "refuse", reason)


@door(may=EDIT, scope=Scope.CITY)
def retire_resource(*, who: Who, code: str) -> Resource:
    """Take an entry out of use. It stays, because grants and calls name it."""
    return _move(who, code, "retire")


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def import_records(*, who: Who, format: ImportFormat, records: Iterable[Mapping[str, Any]], source: str = "") -> ImportCount:
    """Bring entries of another catalogue in line with `records`: the same records again change nothing.

    source: name of the other catalogue; entries of it that are not among the records are retired.
    """
    with transaction.atomic():
        count = importing.bring_in(format, records, source or format)
        audit.record(
            who=who,
            act="catalogue.imported",
            object=f"catalogue:{source or format}",
            detail={"total": count.total, "added": count.added, "changed": count.changed, "removed": count.removed},
        )
    return count


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def import_file(*, who: Who, path: Path | str, format: ImportFormat, source: str = "") -> ImportCount:
    """Import a file (CKAN: JSON Lines of packages, plain or gzip; DCAT: JSON-LD or Turtle), or the URL of a CKAN action API."""
    return import_records(who=who, format=format, records=reading.records(str(path), format), source=source)


def _move(who: Who, code: str, move: str, reason: str = "") -> Resource:
    with transaction.atomic():
        row = models.Resource.objects.select_for_update().filter(pk=code).first()
        if row is None:
            raise store.unknown(code)
        _within(who, row.department)
        state = rules.next_state(ResourceState(row.state), move)
        if state is None:
            raise Conflict(
                "catalogue.resource.state", msgid("This cannot be done while the entry is %(state)s."), state=row.state
            )
        if move in ("register", "publish"):
            for finding in rules.findings(store.shape(row)):
                raise Invalid(f"catalogue.resource.{finding.field}", finding.message)
        row.state, row.updated_at = state, clock.now()
        if state is ResourceState.PUBLISHED:
            row.published_at = clock.now()
        row.save(update_fields=["state", "updated_at", "published_at"])
        audit.record(
            who=who,
            act=f"catalogue.resource.{move}",
            object=f"resource:{code}",
            detail={"state": state.value, "reason": reason},
        )
        if state is ResourceState.PUBLISHED:
            jobs.enqueue_if_needed(row)
    return store.shape(row)


def _within(who: Who, department: str) -> None:
    if not who.is_system and department != who.department and not who.holds(CROSS_DEPARTMENTS):
        raise Denied("door.other_department", msgid("This belongs to another department."))
