"""Street problems as pages, other rooms and programs see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from hunhe.kernel.flow.shapes import CaseEvent, Move, StageStop

Source = Literal["citizen", "patrol", "open311"]
PhotoRole = Literal["before", "after"]
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
    """Who goes out. does, areas: beginnings of class ids and division codes; base: where it stands, in degrees."""

    id: str
    name: str
    department: str
    does: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Who sees a problem so many minutes past its limit, and is told. chiefs: beginnings of division codes and names."""

    id: str
    name: str
    division: Literal["community", "street", "district", "city"]
    after: timedelta
    department: str
    may: str
    chiefs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A team with the reason it stands here. distance_m: straight line; on_hand: orders it has."""

    team: Team
    why: Why
    distance_m: int | None
    on_hand: int


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

    level, level_name: the highest level that sees it past its limit; empty until then.
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
