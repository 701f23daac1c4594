"""Reads `kernel/consent/*.toml`: a table per kind of consent, its id `room.verb_noun` the key; `rights.toml` says what the law keeps."""

import re
from collections.abc import Iterator

import msgspec

from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.consent import models
from hunhe.kernel.consent.holdings import Rights
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who

RIGHTS = "/rights.toml"
ID = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
VERSION = re.compile(r"\d{4}-\d{2}(\.\d+)?")
TERMS = ("name", "text", "purpose", "basis", "separate", "withdrawable", "days", "guardian_below")


class KindEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of kinds.toml."""

    version: str
    name: str
    text: str
    purpose: str
    basis: str
    separate: bool = False
    withdrawable: bool = True
    days: int = 0
    guardian_below: int = 14


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Ids and versions are well formed, each kind stands in one file, and what people are shown says something."""
    seen: set[str] = set()
    for file in files:
        if file.path.endswith(RIGHTS):
            rights = file.read_as(Rights)
            if not 1 <= rights.export_days <= 90:
                yield file.doubt("export_days", "a copy lies ready for 1 to 90 days")
            yield from (file.doubt(f"duties.{room}", "say why") for room, duty in rights.duties.items() if not duty.why.strip())
            continue
        for code, kind in file.read_as(dict[str, KindEntry]).items():
            if not ID.fullmatch(code) or len(code) > 60:
                yield file.doubt(code, "a kind is called room.verb_noun")
            if code in seen:
                yield file.doubt(code, "this kind stands in another file too")
            seen.add(code)
            if not VERSION.fullmatch(kind.version):
                yield file.doubt(f"{code}.version", "a version is a year and a month, 2026-11 or 2026-11.2")
            for part in ("name", "text", "purpose", "basis"):
                if not getattr(kind, part).strip():
                    yield file.doubt(f"{code}.{part}", "this must say something")
            if not (0 <= kind.days <= 36_500 and 0 <= kind.guardian_below <= 18 and len(kind.name) <= 60):
                yield file.doubt(code, "days 0 to 36500, guardian_below 0 to 18, name up to 60 signs")


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Put each kind in force in its version; the others can no longer be given.

    Conflict when a version that people consented to reads otherwise than before.
    """
    entries = {code: (file.path, kind) for file in _kinds(files) for code, kind in file.read_as(dict[str, KindEntry]).items()}
    models.Kind.objects.filter(active=True).exclude(code__in=entries).update(active=False)
    for code, (path, kind) in entries.items():
        _put_in_force(code, kind, path)


def _kinds(files: tuple[ContentFile, ...]) -> Iterator[ContentFile]:
    return (file for file in files if not file.path.endswith(RIGHTS))


def _put_in_force(code: str, kind: KindEntry, path: str) -> None:
    terms = {term: getattr(kind, term) for term in TERMS}
    row = models.Kind.objects.select_for_update().filter(code=code, version=kind.version).first()
    if row is not None and row.used and any(getattr(row, term) != value for term, value in terms.items()):
        raise Conflict(
            "consent.kind.used",
            msgid("%(path)s: people consented to %(kind)s %(version)s, so it cannot change. Give the new text a new version."),
            path=path,
            kind=code,
            version=kind.version,
        )
    models.Kind.objects.filter(code=code, active=True).exclude(version=kind.version).update(active=False)
    models.Kind.objects.update_or_create(code=code, version=kind.version, defaults={**terms, "active": True})
