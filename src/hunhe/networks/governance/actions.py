"""Reporting street problems and moving them on. Who may take which step is said by the procedure, here only who may enter."""

from collections.abc import Sequence
from typing import IO

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import content, following, models, photos, reporting
from hunhe.networks.governance.rows import no_such_problem, photo_shape, problem_shape, report_shape
from hunhe.networks.governance.shapes import Component, Photo, Problem, Report
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who

SIDE_MOVES = frozenset(
    {
        "ask_void", "void", "refuse_void", "send_back", "ask_extension", "grant_extension", "refuse_extension",
        "ask_hang", "hang", "refuse_hang", "take_up",
    }
)  # fmt: skip
MOST_COMPONENTS = 1000


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def keep_photo(*, who: Who, name: str, stream: IO[bytes], lon: float | None = None, lat: float | None = None) -> Photo:
    """Keep a photo for a report or a fix to come. lon, lat: where the device says it is, taken where the photo itself says nothing.

    Invalid when it is no photo. The original stays as evidence; what is shown carries no data of its own.
    """
    device = (lon, lat) if lon is not None and lat is not None else None
    if who.kind == "official" and not who.holds("governance.may_see_problems"):
        raise Denied("governance.photo.not_yours", msgid("Citizens, patrols and teams send photos. Your post does not."))
    return photo_shape(photos.keep(who, name, stream, device))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def report_problem(
    *,
    who: Who,
    kind: str,
    lon: float,
    lat: float,
    key: str,
    words: str = "",
    place: str = "",
    photo_ids: Sequence[str] = (),
    component: str = "",
    join: str = "",
    separate: bool = False,
    anonymous: bool = False,
) -> Report:
    """Report a problem. The same caller and key again: the same report; Conflict if anything differs.

    It joins the problem named by `join`, or the one that is the same by class, place and time, unless `separate`. NotFound
    outside the city or when the problem to join is no longer open.
    """
    made = reporting.report(who, kind, lon, lat, words, place, photo_ids, component, join, separate, anonymous, key)
    return report_shape(made, named=True)


@door(may="governance.may_dispatch", scope=Scope.CITY)
def file_problem(*, who: Who, problem_id: str, expected_version: int, key: str = "") -> Problem:
    """File a report as a case to be dealt with."""
    return _move(who, problem_id, "file", expected_version, key=key)


@door(may="governance.may_dispatch", scope=Scope.CITY)
def dispatch_problem(*, who: Who, problem_id: str, team: str, expected_version: int, key: str = "") -> Problem:
    """Send a team; files the report first where it is not. Invalid for a team the city does not have."""
    with transaction.atomic():
        row = _locked(problem_id)
        version = expected_version
        if row.stage == "report":
            filed = _step(who, row, "file", version, key=f"{key}:file" if key else "")
            following.follow(row, filed, "file", clock.now())
            version = filed.rev
        return _moved(who, row, "dispatch", version, {"team": team}, "", key)


@door(may="governance.may_fix", scope=Scope.CITY)
def take_order(*, who: Who, problem_id: str, expected_version: int) -> Problem:
    """Take an order of one's own team in one's own name, also from a colleague: from now on only the caller moves it.

    Denied to whoever is not in the team, nor stands in for a member. Conflict when no order waits.
    """
    with transaction.atomic():
        row = _locked(problem_id)
        if row.stage != "fix":
            raise Conflict("governance.order.none", msgid("There is no order here that could be taken."))
        if row.team_post and not who.is_system and row.team_post not in who.posts:
            raise Denied(
                "governance.order.not_your_team", msgid("This order is %(team)s's, and you are not in it."), team=row.team_name
            )
        if row.taker != who.id:
            case = flow.transfer_task(who=who, case_id=row.id, to_account=who.id, expected_version=expected_version)
            following.follow(row, case, "", clock.now())
            row.taker, row.taker_name = who.id, who.name[:100]
            row.save()
        return problem_shape(row, clock.now())


@door(may="governance.may_fix", scope=Scope.CITY)
def report_fix(
    *, who: Who, problem_id: str, photo_ids: Sequence[str], expected_version: int, note: str = "", key: str = ""
) -> Problem:
    """Say that it is fixed, with photos taken there. Taken too far away, or nobody knows where: it goes back to be done again.

    Denied while a colleague has the order. Whoever fixes is named as the one who had it.
    """
    if not photo_ids:
        raise Invalid("governance.fix.photo", msgid("A fix needs a photo taken at the place."))
    with transaction.atomic():
        row = _locked(problem_id)
        if row.rev == expected_version:
            photos.use(who, photo_ids, row, "after")
            row.taker, row.taker_name = who.id, who.name[:100]
        return _moved(who, row, "fix", expected_version, {"fix_photos": list(photo_ids)}, note, key)


@door(may="governance.may_check", scope=Scope.CITY)
def check_problem(*, who: Who, problem_id: str, passes: bool, expected_version: int, note: str = "", key: str = "") -> Problem:
    """The inspector's word: closed, or to be done again with a reason. Denied to whoever fixed it."""
    return _move(who, problem_id, "close" if passes else "rework", expected_version, note=note, key=key)


@door(may="governance.may_see_problems", scope=Scope.CITY)
def move_problem(*, who: Who, problem_id: str, move: str, expected_version: int, note: str = "", key: str = "") -> Problem:
    """A side move: back, longer, put off, void, and their approvals. The procedure says whose turn it is and who must differ."""
    if move not in SIDE_MOVES:
        raise NotFound("governance.move.unknown", msgid("There is no such step."))
    return _move(who, problem_id, move, expected_version, note=note, key=key)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def reopen_problem(*, who: Who, problem_id: str, why: str, key: str = "") -> Problem:
    """A reporter says that it is not done; within the days the city gives. NotFound for whoever did not report it."""
    if not why.strip():
        raise Invalid("governance.reopen.why", msgid("Say what is still wrong."))
    if not models.Report.objects.filter(problem_id=problem_id[:40], account=who.id).exists():
        raise no_such_problem()
    with transaction.atomic():
        row = _locked(problem_id)
        if row.stage != "settled":
            raise Conflict("governance.reopen.not_now", msgid("Only what was closed in the last days can be opened again."))
        system = Who.system("governance", on_behalf_of=who.id)
        audit.record(
            who=who, act="governance.problem.reopened", object=row.id, subject_id=who.subject_id, detail={"why": why[:500]}
        )
        return _moved(system, row, "reopen", row.rev, {"reopened": row.reopened + 1}, why[:1000], key)


@door(may="governance.may_keep_components", scope=Scope.CITY)
def put_components(*, who: Who, components: Sequence[Component]) -> int:
    """Enter components, or correct them by their code; at most a thousand at once. Returns how many."""
    if len(components) > MOST_COMPONENTS:
        raise Invalid("governance.component.many", msgid("At most %(most)s at once."), most=MOST_COMPONENTS)
    book = content.book()
    if any(not book.class_of(one.kind).is_component for one in components):
        raise Invalid("governance.component.class", msgid("Only classes of components have components."))
    areas = places.areas_of(who=content.SYSTEM, points=[(one.lon, one.lat) for one in components])
    rows = [
        models.Component(
            code=one.code, kind=one.kind, name=one.name, lon=one.lon, lat=one.lat, sample=one.sample, cell=area.cell.id
        )
        for one, area in zip(components, areas, strict=True)
    ]
    with transaction.atomic():
        models.Component.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["kind", "name", "lon", "lat", "cell", "sample"],
        )
        audit.record(who=who, act="governance.components.entered", object="components", detail={"count": len(rows)})
    return len(rows)


def _move(who: Who, problem_id: str, move: str, version: int, *, note: str = "", key: str = "") -> Problem:
    """One step in one transaction."""
    with transaction.atomic():
        return _moved(who, _locked(problem_id), move, version, {}, note, key)


def _moved(who: Who, row: models.Problem, move: str, version: int, facts: dict[str, object], note: str, key: str) -> Problem:
    before = row.rev
    case = _step(who, row, move, version, facts=facts, note=note, key=key)
    if case.rev == before:  # the same key again
        return problem_shape(row, clock.now())
    return problem_shape(following.moved(row, case, move), clock.now())


def _step(
    who: Who,
    row: models.Problem,
    move: str,
    version: int,
    *,
    facts: dict[str, object] | None = None,
    note: str = "",
    key: str = "",
) -> Case:
    return flow.move_case(who=who, case_id=row.id, move=move, expected_version=version, facts=facts or {}, note=note, key=key)


def _locked(problem_id: str) -> models.Problem:
    row = models.Problem.objects.select_for_update().filter(id=problem_id[:40].replace("\x00", "")).first()
    if row is None:
        raise no_such_problem()
    return row
