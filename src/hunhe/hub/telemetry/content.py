"""Reads `hub/telemetry/rules/<rule>.toml` and `levels.toml`."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import msgspec

from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.rules.spells import Terms
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who

REJUDGE_JOB = "telemetry.rejudge"
LEVELS = "levels.toml"
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class GradeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How values up to and with `upto` (the last: any) are called, and what people do then."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]
    advice: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    upto: float | None = None


class RuleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule. levels: level → bound that a warning's peak must exceed."""

    id: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    owner: Code
    basis: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    valid_from: date
    metric: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
    unit: Annotated[str, msgspec.Meta(max_length=24)]
    threshold: float
    consecutive: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    gap_hours: Positive
    levels: dict[str, float]
    procedure: str = ""
    order_within_hours: Positive = 24.0
    grades: tuple[GradeEntry, ...] = ()

    @property
    def terms(self) -> Terms:
        return Terms(self.threshold, self.consecutive, round(self.gap_hours * 60))

    def ladder(self) -> tuple[tuple[str, float], ...]:
        return tuple(sorted(self.levels.items(), key=lambda pair: pair[1]))


class LevelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, msgspec.Meta(ge=1, le=4)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    issued_by: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    basis: Annotated[str, msgspec.Meta(max_length=200)] = ""


class LevelsEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """levels.toml: level → its number, name and who issues it."""

    id: Code
    name: str
    owner: Code
    basis: str
    valid_from: date
    levels: dict[str, LevelEntry]


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Every rule names levels that exist, the lowest of them at its threshold."""
    known: dict[str, LevelEntry] = {}
    for file in files:
        if file.path.endswith(f"/{LEVELS}"):
            known = file.read_as(LevelsEntry).levels
            if len({level.number for level in known.values()}) != len(known):
                yield file.doubt("levels", "Two levels have one number")
    for file in _rules(files):
        rule = file.read_as(RuleEntry)
        if rule.id != file.stem:
            yield file.doubt("id", f"The file is called {file.stem}")
        for level in rule.levels:
            if level not in known:
                yield file.doubt(f"levels.{level}", f"There is no level {level} in {LEVELS}")
        if not rule.levels or min(rule.levels.values()) != rule.threshold:
            yield file.doubt("levels", "The lowest level begins at the threshold")
        if not _rising(rule.grades):
            yield file.doubt("grades", "Grades rise, and only the last has no bound")


def _rising(grades: tuple[GradeEntry, ...]) -> bool:
    bounds = [grade.upto for grade in grades if grade.upto is not None]
    return not grades or (grades[-1].upto is None and len(bounds) == len(grades) - 1 and bounds == sorted(bounds))


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Rules and levels as the files say. A rule whose terms changed is judged anew over everything that is kept."""
    for file in files:
        if file.path.endswith(f"/{LEVELS}"):
            for code, level in file.read_as(LevelsEntry).levels.items():
                defaults = {"number": level.number, "name": level.name, "issued_by": level.issued_by, "basis": level.basis}
                models.Level.objects.update_or_create(code=code, defaults=defaults)
    kept = set()
    for file in _rules(files):
        rule = file.read_as(RuleEntry)
        kept.add(rule.id)
        _put_in_force(who, rule)
    models.Rule.objects.exclude(code__in=kept).update(active=False)


def _put_in_force(who: Who, rule: RuleEntry) -> None:
    body = msgspec.json.encode(rule, order="deterministic")
    digest = hashlib.sha256(msgspec.json.encode([rule.metric, rule.threshold, rule.consecutive, rule.gap_hours])).hexdigest()
    row = models.Rule.objects.filter(code=rule.id).first()
    changed = row is not None and row.digest != digest
    fresh = {"body": msgspec.json.decode(body), "digest": digest, "active": True}
    models.Rule.objects.update_or_create(code=rule.id, defaults=fresh)
    if changed:
        events.enqueue_job(who=who, kind=REJUDGE_JOB, key=f"{rule.id}:{digest}", payload={"rule": rule.id})


def rules_in_force() -> list[RuleEntry]:
    """Every rule in force, by id. One query."""
    return [read_rule(row) for row in models.Rule.objects.filter(active=True).order_by("code")]


def read_rule(row: models.Rule) -> RuleEntry:
    return msgspec.convert(row.body, RuleEntry)


def _rules(files: tuple[ContentFile, ...]) -> Iterator[ContentFile]:
    return (file for file in files if "/rules/" in file.path and file.path.endswith(".toml"))
