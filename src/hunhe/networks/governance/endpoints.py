"""`/api/v1/governance/`."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Header, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hunhe.networks.governance import actions, queries
from hunhe.networks.governance.shapes import Component, Photo, State
from hunhe.ui.callers import caller

router = Router()
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=128)]
OptionalKey = Annotated[str, Header(default="", alias="Idempotency-Key", max_length=120)]
Rev = Annotated[int, Field(ge=1, le=2**31 - 1)]
Note = Annotated[str, Field(default="", max_length=1000)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Id = Annotated[str, Field(max_length=40)]


class ClassOut(Schema):
    id: str
    code: str
    name: str
    plain: str
    group: str
    limit: str
    urgent: bool


class PhotoOut(Schema):
    id: str
    role: str
    digest: str
    width: int
    height: int
    lon: float | None
    lat: float | None
    placed: str
    taken_at: datetime | None
    uploaded_at: datetime
    distance_m: int | None


class ProblemOut(Schema):
    id: str
    number: str
    kind: str
    kind_name: str
    component: str
    state: str
    stage: str
    stage_name: str
    lon: float
    lat: float
    cell: str
    divisions: list[str]
    where: str
    place: str
    urgent: bool
    team: str
    team_name: str
    team_post: str
    taker_name: str
    reports: int
    reworks: int
    reopened: int
    reported_at: datetime
    settled_at: datetime | None
    due_at: datetime | None
    level: str
    level_name: str
    level_holder: str
    overdue: bool
    rev: int


class ProblemPage(Schema):
    items: list[ProblemOut]
    next: str | None


class NearbyOut(Schema):
    problem: ProblemOut
    distance_m: int
    same: bool
    mine: bool


class ReportIn(Schema):
    kind: str = Field(min_length=1, max_length=16)
    lon: Lon
    lat: Lat
    words: str = Field(default="", max_length=1000)
    place: str = Field(default="", max_length=200)
    photos: list[Id] = Field(default_factory=list, max_length=6)
    component: str = Field(default="", max_length=40)
    join: str = Field(default="", max_length=40)
    separate: bool = False
    anonymous: bool = False


class ReportOut(Schema):
    id: str
    problem_id: str
    number: str
    joined: bool
    source: str
    words: str
    anonymous: bool
    by_name: str
    at: datetime


class MyReportOut(Schema):
    report: ReportOut
    problem: ProblemOut


class MyReportPage(Schema):
    items: list[MyReportOut]
    next: str | None


class LineOut(Schema):
    move: str
    name: str
    by: str
    at: datetime
    note: str


class MyReportFile(MyReportOut):
    photos: list[PhotoOut]
    lines: list[LineOut]
    reopen_until: datetime | None


class MoveOut(Schema):
    id: str
    name: str
    kind: str
    needs_reason: bool


class FileOut(Schema):
    problem: ProblemOut
    photos: list[PhotoOut]
    reports: list[ReportOut]
    moves: list[MoveOut]
    basis: str


class TeamOut(Schema):
    id: str
    name: str
    department: str
    post: str
    areas: list[str]


class SuggestionOut(Schema):
    team: TeamOut
    why: str
    distance_m: int | None
    on_hand: int
    members: int


class SeatOut(Schema):
    post: str
    name: str
    areas: list[str]
    holders: list[str]
    stand_ins: list[str]


class TeamSeatOut(Schema):
    team: TeamOut
    seat: SeatOut
    on_hand: int


class StaffingOut(Schema):
    teams: list[TeamSeatOut]
    inspectors: list[SeatOut]
    chiefs: list[SeatOut]


class StepIn(Schema):
    rev: Rev
    note: Note


class TakeIn(Schema):
    rev: Rev


class DispatchIn(Schema):
    rev: Rev
    team: str = Field(min_length=1, max_length=40)


class FixIn(StepIn):
    photos: list[Id] = Field(default_factory=list, max_length=6)


class CheckIn(StepIn):
    passes: bool


class MoveIn(StepIn):
    move: str = Field(min_length=1, max_length=48)


class ReopenIn(Schema):
    why: str = Field(min_length=1, max_length=1000)


class ComponentIn(Schema):
    code: str = Field(min_length=1, max_length=40)
    kind: str = Field(min_length=1, max_length=16)
    name: str = Field(min_length=1, max_length=100)
    lon: Lon
    lat: Lat
    sample: bool = True


class ComponentsIn(Schema):
    items: list[ComponentIn] = Field(max_length=1000)


class GroundOut(Schema):
    west: float
    south: float
    east: float
    north: float
    side: int
    mark: str
    radius_m: int
    near_m: int


class CountOut(Schema):
    count: int


StateName = Literal["waiting", "doing", "asking", "hung", "checking", "settled", "closed", "void"]


@router.get("/classes", response=list[ClassOut])
def classes(request: HttpRequest) -> Any:
    """What can be reported."""
    return [asdict(found) for found in queries.list_classes(who=caller(request))]


@router.get("/ground", response=GroundOut)
def ground(request: HttpRequest) -> Any:
    """The frame of the city's map."""
    return asdict(queries.ground(who=caller(request)))


@router.post("/photos", response={201: PhotoOut})
def keep_photo(
    request: HttpRequest, file: File[UploadedFile], lon: Form[float | None] = None, lat: Form[float | None] = None
) -> Any:
    """Send a photo for a report or a fix to come. `lon`, `lat`: where the device is, used where the photo does not say."""
    place = (lon, lat) if lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90 else (None, None)
    kept = actions.keep_photo(who=caller(request), name=file.name or "photo", stream=file, lon=place[0], lat=place[1])
    return Status(201, _photo(kept))


@router.get("/nearby", response=list[NearbyOut])
def nearby(request: HttpRequest, kind: str, lon: float, lat: float, component: str = "") -> Any:
    """What somebody has already reported here. Ask before you report."""
    return [asdict(found) for found in queries.nearby(who=caller(request), kind=kind, lon=lon, lat=lat, component=component)]


@router.post("/reports", response={201: ReportOut})
def report(request: HttpRequest, body: ReportIn, idempotency_key: Key) -> Any:
    """Report a problem; the same `Idempotency-Key` gives the same report."""
    said = body.dict()
    said["photo_ids"] = said.pop("photos")
    return Status(201, asdict(actions.report_problem(who=caller(request), key=idempotency_key, **said)))


@router.get("/reports", response=MyReportPage)
def my_reports(request: HttpRequest, cursor: str | None = None) -> Any:
    """Your own reports, newest first."""
    return asdict(queries.my_reports(who=caller(request), cursor=cursor))


@router.get("/reports/{problem_id}", response=MyReportFile)
def my_report(request: HttpRequest, problem_id: str) -> Any:
    """What became of a problem you reported."""
    return asdict(queries.my_report_of(who=caller(request), problem_id=problem_id))


@router.post("/reports/{problem_id}/reopen", response=ProblemOut)
def reopen(request: HttpRequest, problem_id: str, body: ReopenIn, idempotency_key: OptionalKey = "") -> Any:
    """Say that it is not done."""
    done = actions.reopen_problem(who=caller(request), problem_id=problem_id, why=body.why, key=idempotency_key)
    return asdict(done)


@router.get("/staffing", response=StaffingOut)
def staffing(request: HttpRequest) -> Any:
    """Who is in which team and post today."""
    return asdict(queries.who_is_where(who=caller(request)))


@router.get("/problems", response=ProblemPage)
def problems(
    request: HttpRequest,
    state: StateName | None = None,
    district: str = "",
    team: str = "",
    overdue: bool = False,
    cursor: str | None = None,
) -> Any:
    """Problems, oldest first."""
    states = (State(state),) if state else ()
    return asdict(
        queries.list_problems(
            who=caller(request),
            states=states,
            district=district,
            teams=(team,) if team else None,
            overdue=overdue,
            cursor=cursor,
        )
    )


@router.get("/problems/{problem_id}", response=FileOut)
def problem(request: HttpRequest, problem_id: str) -> Any:
    """One problem with its photos, reporters and what you may do now."""
    return asdict(queries.problem_file(who=caller(request), problem_id=problem_id))


@router.get("/problems/{problem_id}/teams", response=list[SuggestionOut])
def teams(request: HttpRequest, problem_id: str) -> Any:
    """Who could go, the best first."""
    return [asdict(found) for found in queries.teams_for(who=caller(request), problem_id=problem_id)]


@router.post("/problems/{problem_id}/file", response=ProblemOut)
def file(request: HttpRequest, problem_id: str, body: StepIn, idempotency_key: OptionalKey = "") -> Any:
    """File a report as a case."""
    done = actions.file_problem(who=caller(request), problem_id=problem_id, expected_version=body.rev, key=idempotency_key)
    return asdict(done)


@router.post("/problems/{problem_id}/dispatch", response=ProblemOut)
def dispatch(request: HttpRequest, problem_id: str, body: DispatchIn, idempotency_key: OptionalKey = "") -> Any:
    """Send a team."""
    done = actions.dispatch_problem(
        who=caller(request), problem_id=problem_id, team=body.team, expected_version=body.rev, key=idempotency_key
    )
    return asdict(done)


@router.post("/problems/{problem_id}/take", response=ProblemOut)
def take(request: HttpRequest, problem_id: str, body: TakeIn) -> Any:
    """Take an order of your team in your own name."""
    return asdict(actions.take_order(who=caller(request), problem_id=problem_id, expected_version=body.rev))


@router.post("/problems/{problem_id}/fix", response=ProblemOut)
def fix(request: HttpRequest, problem_id: str, body: FixIn, idempotency_key: OptionalKey = "") -> Any:
    """Say that it is fixed, with photos."""
    done = actions.report_fix(
        who=caller(request),
        problem_id=problem_id,
        photo_ids=body.photos,
        expected_version=body.rev,
        note=body.note,
        key=idempotency_key,
    )
    return asdict(done)


@router.post("/problems/{problem_id}/check", response=ProblemOut)
def check(request: HttpRequest, problem_id: str, body: CheckIn, idempotency_key: OptionalKey = "") -> Any:
    """Close it, or send it back to be done again."""
    done = actions.check_problem(
        who=caller(request),
        problem_id=problem_id,
        passes=body.passes,
        expected_version=body.rev,
        note=body.note,
        key=idempotency_key,
    )
    return asdict(done)


@router.post("/problems/{problem_id}/move", response=ProblemOut)
def move(request: HttpRequest, problem_id: str, body: MoveIn, idempotency_key: OptionalKey = "") -> Any:
    """A side move: back, longer, put off, void, or an approval of one."""
    done = actions.move_problem(
        who=caller(request),
        problem_id=problem_id,
        move=body.move,
        expected_version=body.rev,
        note=body.note,
        key=idempotency_key,
    )
    return asdict(done)


@router.put("/components", response=CountOut)
def components(request: HttpRequest, body: ComponentsIn) -> Any:
    """Enter components, or correct them by their code."""
    entered = [Component(**found.dict()) for found in body.items]
    return {"count": actions.put_components(who=caller(request), components=entered)}


@router.get("/components", response=list[ComponentIn])
def components_near(request: HttpRequest, kind: str, lon: float, lat: float) -> Any:
    """Components of a class around a point."""
    return [asdict(found) for found in queries.components_near(who=caller(request), kind=kind, lon=lon, lat=lat)]


def _photo(photo: Photo) -> dict[str, Any]:
    return asdict(photo)
