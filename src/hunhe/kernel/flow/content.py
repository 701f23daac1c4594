"""Procedures from the city's files: read, doubted, and put in force as versions that never change once used."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.flow import models
from hunhe.kernel.flow.doubts import doubts
from hunhe.kernel.flow.handlers import check_of, handler_of, supplier_of
from hunhe.kernel.flow.procedure import Procedure
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who

PATTERN = "procedures/"


def check(files: Sequence[ContentFile]) -> Iterator[Doubt]:
    """Doubts about procedure files, each with file and key."""
    for file in _procedures(files):
        procedure = file.read_as(Procedure)
        if procedure.id != file.stem:
            yield file.doubt("id", f"the file is called {file.stem}")
        yield from (file.doubt(key, what) for key, what in doubts(procedure))
        yield from _unknown_effects(file, procedure)
        yield from _unknown_rooms(file, procedure)


def apply(who: Who, files: Sequence[ContentFile]) -> None:
    """Put every procedure in force in its version; one that is no longer in the files opens no new cases.

    Conflict when a version that cases run on reads otherwise than before.
    """
    kept = set()
    for file in _procedures(files):
        procedure = file.read_as(Procedure)
        kept.add(procedure.id)
        _put_in_force(procedure, file.path)
    models.Procedure.objects.filter(active=True).exclude(code__in=kept).update(active=False)


def _unknown_effects(file: ContentFile, procedure: Procedure) -> Iterator[Doubt]:
    for number, move in enumerate(procedure.moves):
        for place, effect in enumerate(move.effects):
            if handler_of(effect) is None:
                yield file.doubt(f"moves[{number}].effects[{place}]", f"no room carries out {effect}")


def _unknown_rooms(file: ContentFile, procedure: Procedure) -> Iterator[Doubt]:
    """Facts that nobody supplies and steps that nobody judges: the case would stand still, or rest on a caller's word."""
    for name, kind in procedure.facts.items():
        if kind.supplied_by and supplier_of(kind.supplied_by) is None:
            yield file.doubt(f"facts.{name}.supplied_by", f"no room supplies {kind.supplied_by}")
    steps = [("open", procedure.opening.checked_by)]
    steps += [(f"moves[{number}]", move.checked_by) for number, move in enumerate(procedure.moves)]
    for key, judge in steps:
        if judge and check_of(judge) is None:
            yield file.doubt(f"{key}.checked_by", f"no room judges {judge}")


def _procedures(files: Sequence[ContentFile]) -> Iterator[ContentFile]:
    return (file for file in files if f"/{PATTERN}" in f"/{file.path}" and file.path.endswith(".toml"))


def _put_in_force(procedure: Procedure, path: str) -> None:
    body = msgspec.json.encode(procedure, order="deterministic").decode()
    digest = hashlib.sha256(body.encode()).hexdigest()
    row = models.Procedure.objects.select_for_update().filter(code=procedure.id, version=procedure.version).first()
    same = row is not None and (row.digest == digest or parsed(row) == procedure)  # a new key at its default changes nothing
    if row is not None and row.used and not same:
        raise Conflict(
            "flow.procedure.used",
            msgid("%(path)s: cases run on version %(version)s, so it cannot change. Give the new text a new version."),
            path=path,
            version=procedure.version,
        )
    models.Procedure.objects.filter(code=procedure.id, active=True).exclude(version=procedure.version).update(active=False)
    if row is None:
        models.Procedure.objects.create(
            code=procedure.id, version=procedure.version, digest=digest, body=body, applied_at=clock.now()
        )
    elif same and row.used:
        models.Procedure.objects.filter(id=row.id, active=False).update(active=True, applied_at=clock.now())
    elif row.digest != digest or not row.active:
        row.digest, row.body, row.active, row.applied_at = digest, body, True, clock.now()
        row.save(update_fields=["digest", "body", "active", "applied_at"])


def parsed(row: models.Procedure) -> Procedure:
    """The procedure of a stored version, read once per process. The row's body may be deferred: it is fetched when needed."""
    known = _parsed.get(row.digest)
    if known is None:
        known = _parsed[row.digest] = msgspec.json.decode(row.body, type=Procedure)
    return known


_parsed: dict[str, Procedure] = {}
