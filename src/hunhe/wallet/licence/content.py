"""Kinds of licences from the city's files: `<type>.toml`, read where they are needed."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone.who import Who
from hunhe.wallet.licence.document import templates
from hunhe.wallet.licence.rules.kinds import Kind, doubts

FRESH_SECONDS = 5.0
SHARED = "kit"
"""The layer below every city: it may speak of departments that a city does not have, which then issues none of these."""

_SYSTEM = Who.system("licence")
_held: list[tuple[float, dict[str, Kind]]] = []


def check(files: Sequence[ContentFile]) -> Iterator[Doubt]:
    """Doubts about the files, each with file and key; a city's own kinds name issuers that it has."""
    departments = _departments()
    procedures: dict[str, str] = {}
    for file in _kinds(files):
        kind = file.read_as(Kind)
        if kind.id != file.stem:
            yield file.doubt("id", f"the file is called {file.stem}")
        yield from (file.doubt(key, what) for key, what in doubts(kind))
        if kind.template not in templates():
            yield file.doubt("template", f"there is no template {kind.template}")
        if file.layer != SHARED and kind.issuer not in departments:
            yield file.doubt("issuer", f"there is no department {kind.issuer}")
        if kind.procedure in procedures:
            yield file.doubt("procedure", f"{procedures[kind.procedure]} comes from the same procedure")
        procedures[kind.procedure] = kind.id
        yield from _unknown_facts(file, kind)


def apply(who: Who, files: Sequence[ContentFile]) -> None:
    """Kinds are read where they are needed; forget what was held."""
    forget()


def forget() -> None:
    _held.clear()


def kinds() -> dict[str, Kind]:
    """The kinds in force by id, at most seconds old."""
    now = time.monotonic()
    if _held and _held[0][0] > now:
        return _held[0][1]
    files = city.content_files(who=_SYSTEM, room="licence", pattern="*.toml")
    found = {kind.id: kind for kind in (file.read_as(Kind) for file in files)}
    _held[:] = [(now + FRESH_SECONDS, found)]
    return found


def kind_of_procedure(procedure: str) -> Kind | None:
    return next((kind for kind in kinds().values() if kind.procedure == procedure), None)


def _kinds(files: Sequence[ContentFile]) -> Iterator[ContentFile]:
    return (file for file in files if file.path.endswith(".toml"))


def _departments() -> set[str]:
    files = city.content_files(who=_SYSTEM, room="org", pattern="departments.toml")
    return {code for file in files for code in file.data}


def _unknown_facts(file: ContentFile, kind: Kind) -> Iterator[Doubt]:
    """A fact that the procedure never learns. A city without that procedure issues none of these; the kind may wait for it."""
    for found in city.content_files(who=_SYSTEM, room="flow", pattern=f"procedures/{kind.procedure}.toml"):
        facts: dict[str, Any] = found.data.get("facts", {})
        for number, spec in enumerate(kind.fields):
            if spec.fact not in facts:
                yield file.doubt(f"fields[{number}].fact", f"procedure {kind.procedure} has no fact {spec.fact}")
        if kind.validity.until_fact and kind.validity.until_fact not in facts:
            yield file.doubt("validity.until_fact", f"procedure {kind.procedure} has no fact {kind.validity.until_fact}")
