"""What pages show: warnings and sites with their names, signs and places, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from django.utils.translation import gettext

from hunhe.hub.telemetry import queries
from hunhe.hub.telemetry.rules.moments import read_clock
from hunhe.hub.telemetry.shapes import Grade, Level, Rule, Site, Warning, Watch
from hunhe.kernel.places import queries as places
from hunhe.kernel.places.shapes import Floe
from hunhe.stone.who import Who
from hunhe.ui.shapes import StatusKind, Step, StepState

SIGNS: Mapping[str, StatusKind] = {"normal": "ok", "over": "late", "offline": "pause", "never": "idle"}
_STACK = 44
"""Units of the sketch between two sites of one district."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A warning as a row: its rule, and its level where it has one."""

    warning: Warning
    rule: Rule | None
    level: Level | None

    @property
    def title(self) -> str:
        if self.warning.kind == "offline":
            return gettext("No readings")
        return self.rule.name if self.rule else self.warning.rule

    @property
    def start_text(self) -> str:
        return clock_text(self.warning.start_text)

    @property
    def end_text(self) -> str:
        return clock_text(self.warning.end_text or "")


@dataclass(frozen=True, slots=True)
class Pin:
    """A site on the sketch, in per cent of its width and height."""

    watch: Watch
    level: Level | None
    kind: StatusKind
    x: float
    y: float

    @property
    def sign_name(self) -> str:
        return f"s-{self.kind}"


@dataclass(frozen=True, slots=True)
class Air:
    """A site in plain words. grade: None where nothing is known now."""

    watch: Watch
    rule: Rule
    grade: Grade | None
    level: Level | None
    kind: StatusKind


class Names:
    """Rules, levels and districts, asked for once a page."""

    def __init__(self, who: Who) -> None:
        self.rules = {rule.code: rule for rule in queries.list_rules(who=who)}
        self.levels = {level.code: level for level in queries.list_levels(who=who)}
        self.sketch = places.sketch_map(who=who)
        self.districts = {floe.code: floe.name for floe in self.sketch.floes}

    def show(self, warning: Warning) -> Shown:
        return Shown(warning, self.rules.get(warning.rule), self.levels.get(warning.level))

    def pins(self, watches: Iterable[Watch]) -> tuple[list[Pin], list[Pin]]:
        """Sites on the map, and those of which no district is known. Sites of one district stand below each other."""
        floes: dict[str, Floe] = {floe.code: floe for floe in self.sketch.floes}
        placed: list[Pin] = []
        loose: list[Pin] = []
        crowd: dict[str, int] = {}
        for watch in watches:
            floe = floes.get(watch.site.division[:6])
            level, kind = self.levels.get(watch.level), SIGNS[watch.state]
            if floe is None:
                loose.append(Pin(watch, level, kind, 0, 0))
                continue
            nth = crowd[floe.code] = crowd.get(floe.code, 0) + 1
            y = floe.label_y + (nth - 0.35) * _STACK
            placed.append(Pin(watch, level, kind, floe.label_x / self.sketch.width * 100, y / self.sketch.height * 100))
        return placed, loose

    def air(self, watch: Watch) -> Air | None:
        rule = self.rules.get(watch.rule)
        if rule is None:
            return None
        known = watch.state in ("normal", "over") and watch.last_value is not None
        grade = grade_of(watch.last_value or 0, rule.grades) if known else None
        return Air(watch, rule, grade, self.levels.get(watch.level), SIGNS[watch.state])


def grade_of(value: float, grades: Sequence[Grade]) -> Grade | None:
    return next((grade for grade in grades if grade.upto is None or value <= grade.upto), None)


def river_of(warning: Warning, stage: str, closed: bool) -> list[Step]:
    """The seven links from watching to reporting, as far as this warning has come. stage: of its order, empty without one."""
    labels = (
        gettext("Watched"),
        gettext("Judged"),
        gettext("Warned"),
        gettext("Order opened"),
        gettext("Handled"),
        gettext("Reviewed"),
        gettext("Order closed"),
    )
    here = {"": 2, "verify": 3, "handle": 4, "review": 5}.get(stage, 6)
    found = []
    for number, label in enumerate(labels):
        state: StepState = "done" if number < here or closed else "now" if number == here else "ahead"
        found.append(Step(label, state))
    return found


def facts_of(shown: Shown, district: str) -> list[dict[str, Any]]:
    """Label and value pairs of a warning."""
    warning, rule = shown.warning, shown.rule
    rows: list[tuple[str, object]] = [
        (gettext("Site"), warning.site.name),
        (gettext("Source of readings"), warning.site.source_name),
    ]
    if district:
        rows.append((gettext("District"), district))
    rows.append((gettext("Begun"), clock_text(warning.start_text)))
    rows.append((gettext("Ended"), clock_text(warning.end_text) if warning.end_text else gettext("not yet")))
    if rule and warning.kind == "over":
        rows.append((gettext("Rule"), told_rule(rule)))
        rows.append((gettext("Basis"), rule.basis))
    if shown.level:
        rows.append((gettext("Level issued by"), shown.level.issued_by))
    rows.append((gettext("Clock of the site"), f"UTC{warning.site.clock}"))
    return [{"name": name, "value": value} for name, value in rows]


def told_rule(rule: Rule) -> str:
    return gettext(
        "reading number %(n)s in a row above %(threshold)s %(unit)s warns, the first at or below it ends; over %(gap)s h without a reading is offline"
    ) % {"n": rule.consecutive, "threshold": f"{rule.threshold:g}", "unit": rule.unit, "gap": f"{rule.gap_hours:g}"}


def site_zone(site: Site) -> timezone:
    """The clock by which a site's readings are read."""
    return timezone(timedelta(minutes=read_clock(site.clock)))


def clock_text(text: str) -> str:
    """A moment of the source's clock for reading: 2013-01-12 08:00."""
    return text.replace("T", " ")


def newest(watches: Iterable[Watch]) -> datetime | None:
    return max((watch.last_at for watch in watches if watch.last_at is not None), default=None)
