"""Classes, limits and routing from the city's files."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec

from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.org import queries as org
from hunhe.kernel.org.shapes import Post
from hunhe.networks.governance.rules import Route
from hunhe.networks.governance.shapes import LIMITS, Level, ProblemClass, Team
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("governance")
FRESH_SECONDS = 5.0
PREFIX = {"components": "c", "incidents": "e"}


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^\d{4}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    plain: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    group: Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
    limit: str
    urgent: bool = False


class _Classes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    owner: str
    basis: str
    valid_from: Any
    classes: tuple[_Entry, ...]


class _Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,38}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    department: str
    post: str = "fixer"
    does: tuple[str, ...] = ()
    base: tuple[float, float] | None = None


class _Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: tuple[str, ...]
    team: str


class _Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,18}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    division: Literal["community", "street", "district", "city"]
    after_minutes: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    department: str
    role: str


class _Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    owner: str
    basis: str
    valid_from: Any
    levels: tuple[_Level, ...]


class _Routing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    owner: str
    basis: str
    valid_from: Any
    radius_m: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    window_hours: Annotated[int, msgspec.Meta(ge=1, le=720)]
    near_m: Annotated[int, msgspec.Meta(ge=1, le=5000)]
    reopen_days: Annotated[int, msgspec.Meta(ge=1, le=90)]
    territory: str
    inspector: str
    teams: tuple[_Team, ...]
    routes: tuple[_Route, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """All the rules in force. posts: those of teams, inspectors and levels, in the city's order."""

    classes: dict[str, ProblemClass]
    teams: dict[str, Team]
    routes: tuple[Route, ...]
    territory: str
    inspector: str
    posts: tuple[Post, ...]
    radius_m: int
    window: timedelta
    near_m: int
    reopen_days: int
    levels: tuple[Level, ...]
    frame: tuple[float, float, float, float]

    def class_of(self, kind: str) -> ProblemClass:
        if kind not in self.classes:
            raise Invalid("governance.class.unknown", msgid("Choose what kind of problem it is."))
        return self.classes[kind]

    @property
    def inspectors(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if post.role == self.inspector)


_held: list[tuple[float, Book]] = []


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Classes have known limits and stand once; routes name teams and classes that exist; teams and checks have their posts."""
    known: set[str] = set()
    for file in files:
        if file.stem in PREFIX:
            for number, entry in enumerate(file.read_as(_Classes).classes):
                found = PREFIX[file.stem] + entry.code
                if found in known:
                    yield file.doubt(f"classes[{number}].code", f"{entry.code} stands here twice")
                if entry.limit not in LIMITS:
                    yield file.doubt(f"classes[{number}].limit", f"a limit is one of {', '.join(LIMITS)}")
                known.add(found)
    for file in files:
        if file.stem == "routing":
            yield from _check_routing(file, file.read_as(_Routing), known)
            yield from _check_posts(file, file.read_as(_Routing))
        if file.stem == "levels":
            yield from _check_levels(file, file.read_as(_Levels))


def _check_routing(file: ContentFile, routing: _Routing, known: set[str]) -> Iterator[Doubt]:
    teams = {team.id for team in routing.teams}
    if routing.territory not in teams:
        yield file.doubt("territory", f"there is no team {routing.territory}")
    for number, team in enumerate(routing.teams):
        if team.base is not None and not all(0 <= part <= 1 for part in team.base):
            yield file.doubt(f"teams[{number}].base", "a base lies inside the frame, 0 to 1")
    for number, route in enumerate(routing.routes):
        if route.team not in teams:
            yield file.doubt(f"routes[{number}].team", f"there is no team {route.team}")
        for start in route.classes:
            if not any(kind.startswith(start) for kind in known):
                yield file.doubt(f"routes[{number}].classes", f"no class begins with {start}")


def _check_posts(file: ContentFile, routing: _Routing) -> Iterator[Doubt]:
    """Posts are read from the files of org as they are being checked, before any row is written."""
    known = _known_posts()
    for number, team in enumerate(routing.teams):
        if f"{team.department}.{team.post}" not in known:
            yield file.doubt(f"teams[{number}].post", f"there is no post {team.department}.{team.post}")
    if f"{routing.owner}.{routing.inspector}" not in known:
        yield file.doubt("inspector", f"there is no post {routing.owner}.{routing.inspector}, which checks in the whole city")


def _known_posts() -> set[str]:
    files = {file.stem: file.data for file in city.content_files(who=SYSTEM, room="org")}
    each = tuple(files.get("posts", {}).get("each", {}))
    found = {f"{department}.{role}" for department in files.get("departments", {}) for role in each}
    for stem in ("posts", "seats"):
        found |= {f"{department}.{post}" for department, posts in files.get(stem, {}).items() for post in posts}
    return found


def _check_levels(file: ContentFile, said: _Levels) -> Iterator[Doubt]:
    known: set[str] = set()
    before = -1
    for number, level in enumerate(said.levels):
        if level.id in known:
            yield file.doubt(f"levels[{number}].id", f"{level.id} stands here twice")
        if level.after_minutes <= before:
            yield file.doubt(f"levels[{number}].after_minutes", "each level comes later than the one below it")
        known.add(level.id)
        before = level.after_minutes


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """The rules are read where they are needed; forget what was held."""
    _held.clear()


def book() -> Book:
    """The rules in force, at most seconds old."""
    now = time.monotonic()
    if _held and _held[0][0] > now:
        return _held[0][1]
    files = {file.stem: file for file in city.content_files(who=SYSTEM, room="governance")}
    found = _read(files)
    _held[:] = [(now + FRESH_SECONDS, found)]
    return found


def _read(files: dict[str, ContentFile]) -> Book:
    classes = {}
    for stem, prefix in PREFIX.items():
        if stem in files:
            for entry in files[stem].read_as(_Classes).classes:
                classes[prefix + entry.code] = ProblemClass(
                    id=prefix + entry.code,
                    code=entry.code,
                    name=entry.name,
                    plain=entry.plain,
                    group=entry.group,
                    limit=entry.limit,
                    urgent=entry.urgent,
                )
    if "routing" not in files or not classes:
        raise Invalid("governance.content.none", msgid("This city has no rules for street problems yet."))
    routing = files["routing"].read_as(_Routing)
    levels = tuple(_level(level) for level in files["levels"].read_as(_Levels).levels) if "levels" in files else ()
    roles = {routing.inspector, *(level.role for level in levels), *(team.post.split(".")[0] for team in routing.teams)}
    posts = {post.code: post for post in org.posts_of_roles(who=SYSTEM, roles=roles)}
    frame = _frame()
    return Book(
        classes=classes,
        teams={team.id: _team(team, frame, posts) for team in routing.teams},
        routes=tuple((route.classes, route.team) for route in routing.routes),
        territory=routing.territory,
        inspector=routing.inspector,
        posts=tuple(posts.values()),
        radius_m=routing.radius_m,
        window=timedelta(hours=routing.window_hours),
        near_m=routing.near_m,
        reopen_days=routing.reopen_days,
        levels=levels,
        frame=frame,
    )


def _level(level: _Level) -> Level:
    return Level(
        id=level.id,
        name=level.name,
        division=level.division,
        after=timedelta(minutes=level.after_minutes),
        department=level.department,
        role=level.role,
    )


def _team(team: _Team, frame: tuple[float, float, float, float], posts: Mapping[str, Post]) -> Team:
    west, south, east, north = frame
    post = f"{team.department}.{team.post}"
    return Team(
        id=team.id,
        name=team.name,
        department=team.department,
        post=post,
        does=team.does,
        areas=posts[post].areas if post in posts else (),
        lon=west + (east - west) * team.base[0] if team.base else None,
        lat=south + (north - south) * team.base[1] if team.base else None,
    )


def _frame() -> tuple[float, float, float, float]:
    files = city.content_files(who=SYSTEM, room="places", pattern="sketch.toml")
    data = files[0].data if files else {}
    return tuple(float(data.get(name, 0.0)) for name in ("west", "south", "east", "north"))  # type: ignore[return-value]  # four
