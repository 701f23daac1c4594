"""One-way drops across a gap: a folder that files reach and nothing leaves. Each delivery is a file and a manifest.

`<name>.manifest.json`: {"file", "bytes", "rows", "digest"}, written after the file; digest: hex, in the city's digest.
The folder is only read. What was taken is remembered here, so that the same delivery again does no harm.
"""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.collect import digests, models
from hunhe.hub.collect.shapes import BatchState, Dataset
from hunhe.hub.collect.sources import files
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, NotFound, Unavailable, msgid

if TYPE_CHECKING:
    import duckdb

ENDING = ".manifest.json"
MOST_MANIFEST = 64 * 1024
DONE = (BatchState.RECONCILED, BatchState.REPEATED, BatchState.QUARANTINED, BatchState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the sender says of one file. name: of the manifest, with its own digest, so that a corrected one is another."""

    name: str
    file: str
    bytes: int
    rows: int
    digest: str


def land(dataset: Dataset, batch: models.Batch, location: str, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Spool:
    """Land the oldest delivery not taken yet. Unavailable while its file is still crossing, Invalid when it was altered."""
    place = Path(location)
    if not place.is_dir():
        raise Unavailable("collect.source.folder", msgid("The folder %(folder)s cannot be reached."), folder=location)
    path, name = _next(dataset, batch, place)
    batch.delivery = name
    batch.save(update_fields=["delivery"])
    manifest = _read(path, name)
    copied = _fetched(place, manifest, folder)
    spool = files.land(copied, folder, engine, manifest.file)
    copied.unlink()
    if spool.rows != manifest.rows:
        message = msgid("The manifest of %(delivery)s says %(told)s rows, %(rows)s are there. Nothing was loaded.")
        raise Invalid("collect.delivery.count", message, delivery=manifest.file, told=manifest.rows, rows=spool.rows)
    return replace(spool, delivery=name)


def waits(dataset: Dataset, location: str) -> bool:
    """Whether a delivery lies there that no batch has taken."""
    place = Path(location)
    return place.is_dir() and any(name not in _taken(dataset) for _, name in _manifests(dataset, place))


def _next(dataset: Dataset, batch: models.Batch, place: Path) -> tuple[Path, str]:
    taken = _taken(dataset) - {batch.delivery}
    for path, name in _manifests(dataset, place):
        if name not in taken and batch.delivery in ("", name):
            return path, name
    raise NotFound(
        "collect.source.no_file",
        msgid("There is no file %(pattern)s in %(folder)s yet."),
        pattern=dataset.source.get("pattern", "*") + ENDING,
        folder=str(place),
    )


def _manifests(dataset: Dataset, place: Path) -> list[tuple[Path, str]]:
    pattern = dataset.source.get("pattern", "*")
    found = sorted(place.glob(pattern + ENDING)) if "/" not in pattern else []
    return [(path, f"{path.name[:120]} {digests.of_file(path)[:16]}") for path in found if path.is_file()]


def _taken(dataset: Dataset) -> set[str]:
    rows = models.Batch.objects.filter(dataset=dataset.id, state__in=DONE).exclude(delivery="")
    return set(rows.values_list("delivery", flat=True))


def _read(path: Path, name: str) -> Manifest:
    try:
        if path.stat().st_size > MOST_MANIFEST:
            raise ValueError(path.name)
        data = json.loads(path.read_bytes())
        manifest = Manifest(
            name=name,
            file=str(data["file"]),
            bytes=int(data["bytes"]),
            rows=int(data["rows"]),
            digest=str(data["digest"]).lower(),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("collect.delivery.manifest", msgid("The manifest %(name)s cannot be read."), name=path.name) from error
    if Path(manifest.file).name != manifest.file or manifest.file.startswith("."):
        raise Invalid("collect.delivery.manifest", msgid("The manifest %(name)s cannot be read."), name=path.name)
    return manifest


def _fetched(place: Path, manifest: Manifest, folder: Path) -> Path:
    """A copy of the file in the batch folder, whose bytes are the ones the manifest was written for."""
    source, target = place / manifest.file, folder / f"crossed{Path(manifest.file).suffix.lower()[:8]}"
    if source.is_symlink() or not source.is_file() or source.stat().st_size < manifest.bytes:
        raise Unavailable(
            "collect.delivery.incomplete", msgid("The file %(file)s has not arrived whole yet."), file=manifest.file
        )
    shutil.copyfile(source, target)
    if target.stat().st_size != manifest.bytes or digests.of_file(target) != manifest.digest:
        message = msgid("The file %(file)s is not the one its manifest was written for. Nothing was loaded.")
        raise Invalid("collect.delivery.altered", message, file=manifest.file)
    return target
