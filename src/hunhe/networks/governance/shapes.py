"""Street problems as pages, other rooms and programs see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from hunhe.kernel.flow.shapes import CaseEvent, Move, StageStop

Source = Literal["citizen", "patrol", "open311"]
PhotoRole = Literal["before", "after"]
DEPTHS = ("city", "district", "street", "community")
LIMITS = ("hours_2", "hours_4", "hours_8", "days_2", "days_3", "days_5", "days_7", "days_15")


class State(StrEnum):
    """Where a problem stands, in the words of a map."""

    WAITING = "waiting"
    DOING = "doing"
    ASKING = "asking"
    HUNG = "hung"
    CHECKING = "checking"
    SETTLED = "settled"
    CLOSED = "closed"
    VOID = "void"

    @property
    def is_open(self) -> bool:
        return self in (State.WAITING, State.DOING, State.ASKING, State.HUNG, State.CHECKING)


class Why(StrEnum):
    """Why a team is suggested."""

    OWNER = "owner"
    ABLE = "able"
    TERRITORY = "territory"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemClass:
    """A class of component or incident. id: `c0103` or `e0102`; plain: as citizens say it."""

    id: str
    code: str
    name: str
    plain: str
    group: str
    limit: str
    urgent: bool = False

    @property
    def is_component(self) -> bool:
        return self.id.startswith("c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who goes out. does, areas: beginnings of class ids and division codes; lon, lat: where it stands, in degrees.

    post: code of the post of its members; the areas are that post's. Who holds it, or stands in for a holder, is a member.
    """

    id: str
    name: str
    department: str
    post: str
    does: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Who sees a problem so many minutes past its limit, and is told: whoever holds the post of this role for its division."""

    id: str
    name: str
    division: Literal["community", "street", "district", "city"]
    after: timedelta
    department: str
    role: str

    @property
    def depth(self) -> int:
        """How many of a problem's divisions, the largest first, lead down to this level's; 0: the whole city."""
        return DEPTHS.index(self.division)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A team with the reason it stands here. distance_m: straight line; on_hand: orders it has; members: people in it today."""

    team: Team
    why: Why
    distance_m: int | None
    on_hand: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One post of the street with who is in it today: names of its holders, and of those who stand in for one.

    areas: names of the divisions it is for; none: the whole city.
    """

    post: str
    name: str
    areas: tuple[str, ...]
    holders: tuple[str, ...]
    stand_ins: tuple[str, ...] = ()

    @property
    def is_vacant(self) -> bool:
        return not self.holders and not self.stand_ins


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSeat:
    """A team with its people. on_hand: orders it has now."""

    team: Team
    seat: Seat
    on_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who is where in the street: teams, inspectors, those in charge of a division or the city."""

    teams: tuple[TeamSeat, ...]
    inspectors: tuple[Seat, ...]
    chiefs: tuple[Seat, ...]

    @property
    def vacant(self) -> tuple[str, ...]:
        """Names of teams without people and of posts that nobody holds."""
        empty = [one.team.name for one in self.teams if one.seat.is_vacant]
        return (*empty, *(seat.name for seat in (*self.inspectors, *self.chiefs) if seat.is_vacant))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What decides whether two reports are one problem."""

    kind: str
    lon: float
    lat: float
    at: datetime
    component: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One thing that stands in the street, under its code."""

    code: str
    kind: str
    name: str
    lon: float
    lat: float
    sample: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo. distance_m: from its problem, where both places are known; placed: `exif`, `device` or empty."""

    id: str
    role: PhotoRole
    digest: str
    width: int
    height: int
    lon: float | None
    lat: float | None
    placed: str
    taken_at: datetime | None
    uploaded_at: datetime
    distance_m: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One street problem as it stands. state follows the case's stage; rev is the case's, for moves. taker: account of who took the order.

    level, level_name, level_holder: the highest level that sees it past its limit, and who holds its post; empty until then, the
    holder also where the post is vacant. team_post: code of the post of the team's members.
    """

    id: str
    number: str
    kind: str
    kind_name: str
    component: str
    state: State
    stage: str
    stage_name: str
    lon: float
    lat: float
    x: float
    y: float
    cell: str
    divisions: tuple[str, ...]
    where: str
    place: str
    words: str
    urgent: bool
    team: str
    team_name: str
    team_post: str
    department: str
    taker: str
    taker_name: str
    reports: int
    reworks: int
    reopened: int
    reported_at: datetime
    filed_at: datetime | None
    dispatched_at: datetime | None
    fixed_at: datetime | None
    settled_at: datetime | None
    due_at: datetime | None
    level: str
    level_name: str
    level_holder: str
    overdue: bool
    rev: int

    @property
    def is_open(self) -> bool:
        return self.state.is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A problem somebody has already reported here. same: by the rule it is the same one."""

    problem: Problem
    distance_m: int
    same: bool
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One person's report. joined: the problem was known already."""

    id: str
    problem_id: str
    number: str
    joined: bool
    source: Source
    words: str
    anonymous: bool
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of a problem as its reporters may read it."""

    move: str
    name: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReport:
    """A reporter's view: the problem, their own report, what happened, until when they may reopen."""

    report: Report
    problem: Problem
    photos: tuple[Photo, ...] = ()
    lines: tuple[Line, ...] = ()
    reopen_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFile:
    """Everything an official's page about one problem shows."""

    problem: Problem
    photos: tuple[Photo, ...]
    reports: tuple[Report, ...]
    stops: tuple[StageStop, ...]
    events: tuple[CaseEvent, ...]
    moves: tuple[Move, ...]
    basis: str
    fixed_by_me: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a map of the city stands on: its frame in degrees, the rules of place, and the sketch's mark to show beside it."""

    west: float
    south: float
    east: float
    north: float
    side: int
    mark: str
    radius_m: int
    near_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What happened in a span (reported to on_time; due: fixed ones that had a limit), and what stands open now."""

    reported: int
    filed: int
    dispatched: int
    fixed: int
    settled: int
    reworked: int
    due: int
    on_time: int
    waiting: int
    doing: int
    checking: int
    overdue: int
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount(Counted):
    """The whole city. reports: people's reports, more than problems where several reported one."""

    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictCount(Counted):
    """One district, by code."""

    district: str
