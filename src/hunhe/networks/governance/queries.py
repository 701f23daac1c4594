"""Street problems: what is near, what is mine, what waits for whom, how the day went."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.files import queries as files
from hunhe.kernel.files.shapes import OpenFile
from hunhe.kernel.flow import queries as flow
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import content, following, models, reporting, staffing, tally
from hunhe.networks.governance.rows import (
    component_shape,
    no_such_problem,
    photo_shape,
    problem_shape,
    report_shape,
    spot,
)
from hunhe.networks.governance.rules import box, distance_m, is_same, suggestions
from hunhe.networks.governance.shapes import (
    Component,
    DayCount,
    Ground,
    Level,
    Line,
    MyReport,
    Nearby,
    Problem,
    ProblemClass,
    ProblemFile,
    Spot,
    Staffing,
    State,
    Suggestion,
    Team,
)
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 50
MOST_ON_MAP = 400


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_classes(*, who: Who) -> tuple[ProblemClass, ...]:
    """What can be reported, in the order of the city's files."""
    return tuple(content.book().classes.values())


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_teams(*, who: Who) -> tuple[Team, ...]:
    """The teams of the city."""
    return tuple(content.book().teams.values())


@door(may="governance.may_see_problems", scope=Scope.CITY)
def who_is_where(*, who: Who) -> Staffing:
    """Members of each team, inspectors, those in charge of a division; who is in which post today, and which are vacant."""
    return staffing.read()


@door(may="governance.may_see_problems", scope=Scope.CITY)
def list_levels(*, who: Who) -> tuple[Level, ...]:
    """Levels of the city that see what is past its limit, the first one first."""
    return content.book().levels


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def ground(*, who: Who) -> Ground:
    """The frame of the city's map; a point x, y of the sketch is a point in degrees by it."""
    book, sketch = content.book(), places.sketch_map(who=who)
    west, south, east, north = book.frame
    return Ground(
        west=west,
        south=south,
        east=east,
        north=north,
        side=sketch.width,
        mark=sketch.mark,
        radius_m=book.radius_m,
        near_m=book.near_m,
    )


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def nearby(*, who: Who, kind: str, lon: float, lat: float, component: str = "") -> tuple[Nearby, ...]:
    """Open problems of the class that somebody has already reported here, nearest first; shown before a report is sent."""
    book, now = content.book(), clock.now()
    book.class_of(kind)
    here = Spot(kind=kind, lon=lon, lat=lat, at=now, component=component)
    rows = [row for row in reporting.near(here, book.radius_m) if _may_be(here, row, book.radius_m)]
    mine = set(models.Report.objects.filter(problem__in=rows, account=who.id).values_list("problem_id", flat=True))
    found = [
        Nearby(
            problem=problem_shape(row, now),
            distance_m=round(distance_m(lon, lat, row.lon, row.lat)),
            same=is_same(here, spot(row), book.radius_m, book.window),
            mine=row.id in mine,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.distance_m, one.problem.id)))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def components_near(*, who: Who, kind: str, lon: float, lat: float, radius_m: float = 60) -> tuple[Component, ...]:
    """Components of a class around a point, nearest first; at most twenty."""
    west, south, east, north = box(lon, lat, min(radius_m, 500))
    rows = models.Component.objects.filter(kind=kind, lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east)[:200]
    ordered = sorted(rows, key=lambda row: (distance_m(lon, lat, row.lon, row.lat), row.code))
    return tuple(component_shape(row) for row in ordered[:20])


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def my_reports(*, who: Who, cursor: str | None = None) -> Page[MyReport]:
    """The caller's own reports, newest first."""
    rows = models.Report.objects.select_related("problem").filter(account=who.id).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=str(decode_cursor(cursor, 1)[0]))
    now = clock.now()
    page = Page.of(list(rows[: PAGE + 1]), PAGE, key=lambda row: (row.id,))
    return page.map(lambda row: MyReport(report=report_shape(row, named=True), problem=problem_shape(row.problem, now)))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def my_report_of(*, who: Who, problem_id: str) -> MyReport:
    """A problem as one of its reporters sees it. NotFound for anybody else."""
    row = (
        models.Report.objects.select_related("problem")
        .filter(problem_id=problem_id[:40], account=who.id)
        .order_by("id")
        .first()
    )
    if row is None:
        raise no_such_problem()
    problem = problem_shape(row.problem, clock.now())
    history = flow.history(who=content.SYSTEM, case_id=row.problem_id)
    lines = tuple(
        Line(move=event.move, name=event.name, by=event.department, at=event.at, note=event.note if _told(event.move) else "")
        for event in following.public_events(history)
    )
    photos = models.Photo.objects.filter(problem=row.problem).filter(Q(account=who.id) | Q(role="after")).order_by("id")
    until = None
    if problem.state is State.SETTLED and problem.settled_at is not None:
        until = problem.settled_at + timedelta(days=content.book().reopen_days)
    return MyReport(
        report=report_shape(row, named=True),
        problem=problem,
        photos=tuple(photo_shape(photo, placed=photo.account == who.id) for photo in photos),
        lines=lines,
        reopen_until=until,
    )


@door(may="governance.may_see_problems", scope=Scope.CITY)
def problem_file(*, who: Who, problem_id: str) -> ProblemFile:
    """One problem with its photos, reporters, history and the caller's moves. The look is recorded."""
    row = models.Problem.objects.filter(id=problem_id[:40]).first()
    if row is None:
        raise no_such_problem()
    file = flow.case_file(who=who, case_id=row.id)
    audit.record(who=who, act="governance.problem.seen", object=row.id, detail={"number": row.number})
    photos = models.Photo.objects.filter(problem=row).order_by("id")
    reports = models.Report.objects.select_related("problem").filter(problem=row).order_by("id")
    return ProblemFile(
        problem=problem_shape(row, clock.now()),
        photos=tuple(photo_shape(photo) for photo in photos),
        reports=tuple(report_shape(report, named=True) for report in reports[:100]),
        stops=file.stops,
        events=file.events,
        moves=file.moves,
        basis=file.basis,
        fixed_by_me=any(event.move == "fix" and event.by == who.id for event in file.events),
    )


@door(may="governance.may_see_problems", scope=Scope.CITY)
def areas_of_inspector(*, who: Who) -> tuple[str, ...]:
    """Beginnings of the division codes where the caller checks; none: in the whole city, also for those who only look on."""
    held = [post for post in content.book().inspectors if post.code in who.posts]
    return tuple(area for post in held for area in post.areas) if all(post.areas for post in held) else ()


@door(may="governance.may_see_problems", scope=Scope.CITY)
def list_problems(
    *,
    who: Who,
    states: Sequence[State] = (),
    district: str = "",
    areas: Sequence[str] = (),
    teams: Sequence[str] | None = None,
    taker: str = "",
    level: str = "",
    overdue: bool = False,
    cursor: str | None = None,
) -> Page[Problem]:
    """Problems, those reported first before the others. taker: the account of whoever took the order.

    areas: beginnings of division codes; none: the whole city. teams: None for all. level: the highest one that sees it past its
    limit.
    """
    rows = _chosen(states, district, areas, teams)
    if taker:
        rows = rows.filter(taker=taker[:128])
    if level:
        rows = rows.filter(level=level[:20], live=1)
    now = clock.now()
    if overdue:
        rows = rows.filter(live=1, due_at__lt=now)
    rows = rows.order_by("reported_at", "id")
    if cursor:
        at, last = (str(part) for part in decode_cursor(cursor, 2))
        rows = rows.filter(Q(reported_at__gt=at) | Q(reported_at=at, id__gt=last))
    page = Page.of(list(rows[: PAGE + 1]), PAGE, key=lambda row: (row.reported_at.isoformat(), row.id))
    return page.map(lambda row: problem_shape(row, now))


@door(may="governance.may_see_problems", scope=Scope.CITY)
def problems_on_map(*, who: Who, district: str = "") -> tuple[Problem, ...]:
    """Every open problem of a district or the city, newest first; at most some hundred."""
    rows = _chosen((), district).filter(live=1).order_by("-reported_at")[:MOST_ON_MAP]
    now = clock.now()
    return tuple(problem_shape(row, now) for row in rows)


@door(may="governance.may_dispatch", scope=Scope.CITY)
def teams_for(*, who: Who, problem_id: str) -> tuple[Suggestion, ...]:
    """Who could go, and why, the best first."""
    row = models.Problem.objects.filter(id=problem_id[:40]).first()
    if row is None:
        raise no_such_problem()
    book = content.book()
    return suggestions(
        row.kind,
        row.divisions,
        (row.lon, row.lat),
        book.teams,
        book.routes,
        book.territory,
        staffing.orders_on_hand(),
        staffing.members(),
    )


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def open_photo(*, who: Who, photo_id: str, original: bool = False) -> OpenFile:
    """A photo's copy, for its reporters and the officials who handle it; the original, for those alone who hold the right
    and whoever took it. Every look at an original is recorded with who and of which problem. The caller closes the file.
    """
    row = models.Photo.objects.filter(id=photo_id[:40].replace("\x00", "")).first()
    if row is None or not _may_open(who, row, original):
        if row is not None:
            audit.record(who=who, act="door.denied", object="governance.open_photo", detail={"photo": row.id})
        raise NotFound("governance.photo.none", msgid("There is no such photo, or none that you may see."))
    if original:
        audit.record(who=who, act="governance.photo.seen", object=row.id, detail={"problem": row.problem_id or ""})
    return files.open_file(who=Who.system("governance", on_behalf_of=who.id), id=row.original if original else row.shown)


@door(may="governance.may_see_problems", scope=Scope.CITY)
def day_count(*, who: Who, start: datetime, end: datetime) -> DayCount:
    """What happened between two moments, and what stands open now."""
    return tally.count(start, end, clock.now())


def _chosen(
    states: Sequence[State], district: str, areas: Sequence[str] = (), teams: Sequence[str] | None = None
) -> QuerySet[models.Problem]:
    rows = models.Problem.objects.all()
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if district:
        rows = rows.filter(district=district[:16])
    if areas:
        rows = rows.filter(reduce(or_, (Q(division__startswith=area) for area in areas)))
    if teams is not None:
        rows = rows.filter(team__in=[team[:40] for team in teams])
    return rows


def _may_be(here: Spot, row: models.Problem, radius_m: float) -> bool:
    """However long ago: near, and not known to be another component."""
    if here.component and row.component and here.component != row.component:
        return False
    return distance_m(here.lon, here.lat, row.lon, row.lat) <= radius_m


def _may_open(who: Who, row: models.Photo, original: bool) -> bool:
    if who.is_system or who.id == row.account:
        return True
    if who.kind == "official":
        return who.holds("governance.may_see_originals" if original else "governance.may_see_problems")
    if original or row.problem_id is None or row.role != "after":
        return False
    return models.Report.objects.filter(problem_id=row.problem_id, account=who.id).exists()


def _told(move: str) -> bool:
    """Reasons that a reporter reads; what teams and supervisors say to one another stays inside."""
    return move in ("void", "rework", "reopen", "close")
