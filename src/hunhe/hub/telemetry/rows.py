"""Rows as the shapes that pass through doors."""

from collections.abc import Mapping

from hunhe.hub.telemetry import models, shapes
from hunhe.hub.telemetry.content import RuleEntry
from hunhe.hub.telemetry.rules.moments import instant_of, write_clock, write_moment


def source_shape(row: models.Source) -> shapes.Source:
    return shapes.Source(
        code=row.code,
        name=row.name,
        department=row.department,
        client=row.client,
        clock=write_clock(row.offset),
        step=row.step,
        mode="live" if row.mode == "live" else "replay",
        simulated=row.simulated,
        metrics=tuple(row.metrics),
    )


def site_shape(row: models.Site) -> shapes.Site:
    source = row.source
    return shapes.Site(
        id=row.id,
        source=source.code,
        source_name=source.name,
        code=row.code,
        name=row.name,
        division=row.division,
        mode="live" if source.mode == "live" else "replay",
        simulated=source.simulated,
        clock=write_clock(source.offset),
        step=source.step,
    )


def warning_shape(row: models.Warning) -> shapes.Warning:
    offset = row.site.source.offset
    return shapes.Warning(
        id=row.id,
        site=site_shape(row.site),
        rule=row.rule,
        kind="over" if row.kind == "over" else "offline",
        state=row.state,  # type: ignore[arg-type]  # the column holds only warning states
        level=row.level,
        start=instant_of(row.start, offset),
        end=None if row.end is None else instant_of(row.end, offset),
        start_text=write_moment(row.start),
        end_text=None if row.end is None else write_moment(row.end),
        peak=row.peak,
        live=row.live,
        case_id=row.case_id,
        found_at=row.found_at,
    )


def watch_shape(row: models.Watch, open_warnings: Mapping[tuple[str, str], tuple[str, str]]) -> shapes.Watch:
    """open_warnings: (site, rule) → id and level of the open one."""
    warning, level = open_warnings.get((row.site_id, row.rule), ("", ""))
    return shapes.Watch(
        site=site_shape(row.site),
        rule=row.rule,
        state=row.state,  # type: ignore[arg-type]  # the column holds only watch states
        last_at=None if row.last_at is None else instant_of(row.last_at, row.site.source.offset),
        last_value=row.last_value,
        level=level,
        warning_id=warning,
    )


def rule_shape(rule: RuleEntry) -> shapes.Rule:
    return shapes.Rule(
        code=rule.id,
        name=rule.name,
        owner=rule.owner,
        basis=rule.basis,
        metric=rule.metric,
        unit=rule.unit,
        threshold=rule.threshold,
        consecutive=rule.consecutive,
        gap_hours=rule.gap_hours,
        levels=rule.ladder(),
        procedure=rule.procedure,
        order_within_hours=rule.order_within_hours,
        grades=tuple(shapes.Grade(grade.name, grade.advice, grade.upto) for grade in rule.grades),
    )


def level_shape(row: models.Level) -> shapes.Level:
    return shapes.Level(code=row.code, number=row.number, name=row.name, issued_by=row.issued_by, basis=row.basis)
