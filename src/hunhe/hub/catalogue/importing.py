"""Entries of other catalogues: recognised by their own id, compared by digest, written in bulk."""

from collections.abc import Iterable, Mapping
from typing import Any

from hunhe.hub.catalogue import ckan, dcat, models, store
from hunhe.hub.catalogue.shapes import ImportCount, ImportFormat, ResourceState
from hunhe.stone import clock

ROWS_A_STEP = 500


def bring_in(format: ImportFormat, records: Iterable[Mapping[str, Any]], origin: str) -> ImportCount:
    """Bring the entries of `origin` in line with the records. One pass, one read of what is there."""
    there = dict(
        models.Resource.objects.filter(origin=origin).exclude(state=ResourceState.RETIRED).values_list("origin_id", "digest")
    )
    read = ckan.read_package if format == "ckan" else dcat.read_dataset
    seen: dict[str, str] = {}
    pending: dict[str, models.Resource] = {}
    total = added = changed = 0
    for record in records:
        total += 1
        entry = read(record, origin)
        if seen.get(entry.origin_id) == entry.digest:
            continue
        if there.get(entry.origin_id) != entry.digest or entry.origin_id in seen:
            if entry.origin_id not in seen:
                added += entry.origin_id not in there
                changed += entry.origin_id in there
            pending[entry.resource.code] = store.row_of(entry.resource, origin_id=entry.origin_id, digest=entry.digest)
        seen[entry.origin_id] = entry.digest
        if len(pending) >= ROWS_A_STEP:
            _write(pending)
    _write(pending)
    gone = there.keys() - seen.keys()
    _retire(origin, gone)
    return ImportCount(total, added, changed, len(gone), len(seen) - added - changed)


def _write(pending: dict[str, models.Resource]) -> None:
    models.Resource.objects.bulk_create(
        pending.values(), update_conflicts=True, unique_fields=["code"], update_fields=store.WRITTEN
    )
    pending.clear()


def _retire(origin: str, gone: Iterable[str]) -> None:
    ids = sorted(gone)
    for start in range(0, len(ids), ROWS_A_STEP):
        models.Resource.objects.filter(origin=origin, origin_id__in=ids[start : start + ROWS_A_STEP]).update(
            state=ResourceState.RETIRED, updated_at=clock.now()
        )
