"""From rows to shapes."""

from datetime import datetime
from typing import cast

from hunhe.networks.governance import models
from hunhe.networks.governance.shapes import Component, Photo, PhotoRole, Problem, Report, Source, Spot, State
from hunhe.stone.errors import NotFound, msgid


def problem_shape(row: models.Problem, now: datetime) -> Problem:
    return Problem(
        id=row.id,
        number=row.number,
        kind=row.kind,
        kind_name=row.kind_name,
        component=row.component,
        state=State(row.state),
        stage=row.stage,
        stage_name=row.stage_name,
        lon=row.lon,
        lat=row.lat,
        x=row.x,
        y=row.y,
        cell=row.cell,
        divisions=tuple(row.divisions),
        where=row.where,
        place=row.place,
        words=row.words,
        urgent=row.urgent,
        team=row.team,
        team_name=row.team_name,
        team_post=row.team_post,
        department=row.department,
        taker=row.taker,
        taker_name=row.taker_name,
        reports=row.reports,
        reworks=row.reworks,
        reopened=row.reopened,
        reported_at=row.reported_at,
        filed_at=row.filed_at,
        dispatched_at=row.dispatched_at,
        fixed_at=row.fixed_at,
        settled_at=row.settled_at,
        due_at=row.due_at,
        level=row.level,
        level_name=row.level_name,
        level_holder=row.level_holder,
        overdue=State(row.state).is_open and row.due_at is not None and row.due_at < now,
        rev=row.rev,
    )


def report_shape(row: models.Report, *, named: bool) -> Report:
    """named: whether the reader may know who reported; never where the reporter asked to stay unnamed."""
    return Report(
        id=row.id,
        problem_id=row.problem_id,
        number=row.problem.number,
        joined=row.joined,
        source=cast("Source", row.source),
        words=row.words,
        anonymous=row.anonymous,
        by_name=row.by_name if named and not row.anonymous else "",
        at=row.at,
    )


def photo_shape(row: models.Photo, *, placed: bool = True) -> Photo:
    """placed: whether the reader may know where it was taken."""
    return Photo(
        id=row.id,
        role=cast("PhotoRole", row.role),
        digest=row.digest,
        width=row.width,
        height=row.height,
        lon=row.lon if placed else None,
        lat=row.lat if placed else None,
        placed=row.placed,
        taken_at=row.taken_at,
        uploaded_at=row.uploaded_at,
        distance_m=row.distance_m if placed else None,
    )


def component_shape(row: models.Component) -> Component:
    return Component(code=row.code, kind=row.kind, name=row.name, lon=row.lon, lat=row.lat, sample=row.sample)


def spot(row: models.Problem) -> Spot:
    return Spot(kind=row.kind, lon=row.lon, lat=row.lat, at=row.reported_at, component=row.component)


def no_such_problem() -> NotFound:
    return NotFound("governance.problem.unknown", msgid("There is no such problem, or none that you may see."))
