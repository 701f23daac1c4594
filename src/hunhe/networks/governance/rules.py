"""Decisions about street problems: is it the same one, who goes, was the photo taken there. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from hunhe.kernel.org.shapes import Post
from hunhe.networks.governance.shapes import Level, Spot, State, Suggestion, Team, Why

Route = tuple[tuple[str, ...], str]
"""Beginnings of class ids, and the team."""
EARTH_M = 6_371_008.8
STATE_OF_STAGE: Mapping[str, State] = {
    "report": State.WAITING,
    "dispatch": State.WAITING,
    "fix": State.DOING,
    "compare": State.DOING,
    "extension": State.ASKING,
    "hanging": State.ASKING,
    "voiding": State.ASKING,
    "hung": State.HUNG,
    "check": State.CHECKING,
    "settled": State.SETTLED,
    "closed": State.CLOSED,
    "voided": State.VOID,
}


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Metres between two points in degrees, along the great circle."""
    half_lat, half_lon = radians(lat_b - lat_a) / 2, radians(lon_b - lon_a) / 2
    square = sin(half_lat) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(half_lon) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(square)))


def is_same(new: Spot, known: Spot, radius_m: float, window: timedelta) -> bool:
    """Whether a new report is about a known problem: the same class, near, soon; never two different components."""
    if new.kind != known.kind or (new.component and known.component and new.component != known.component):
        return False
    return abs(new.at - known.at) <= window and distance_m(new.lon, new.lat, known.lon, known.lat) <= radius_m


def box(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north around a point, a little more than the radius; for the index, before distances are measured."""
    up = radius_m * 1.02 / 111_132
    across = up / max(0.01, cos(radians(lat)))
    return lon - across, lat - up, lon + across, lat + up


def begins(text: str, starts: Iterable[str]) -> bool:
    return any(text.startswith(start) for start in starts)


def serves(team: Team, divisions: Sequence[str]) -> bool:
    """Whether a team's area holds one of a problem's divisions; no area is the whole city."""
    return not team.areas or any(begins(code, team.areas) for code in divisions)


def owner_of(kind: str, divisions: Sequence[str], routes: Sequence[Route], teams: Mapping[str, Team]) -> str:
    """The team of the first route whose classes fit and whose team serves the place; empty when nobody owns it."""
    for classes, team in routes:
        if begins(kind, classes) and team in teams and serves(teams[team], divisions):
            return team
    return ""


def suggestions(
    kind: str,
    divisions: Sequence[str],
    point: tuple[float, float],
    teams: Mapping[str, Team],
    routes: Sequence[Route],
    territory: str,
    on_hand: Mapping[str, int],
    members: Mapping[str, int],
) -> tuple[Suggestion, ...]:
    """Who could go: the owner, then who can do it, by orders on hand and distance; the territory last, and never nobody.

    Teams without people come after all others, whatever they own. members: people by team.
    """
    owner = owner_of(kind, divisions, routes, teams) or territory
    found = []
    for team in teams.values():
        able = begins(kind, team.does) and serves(team, divisions)
        if team.id == territory:
            why = Why.TERRITORY
        elif team.id == owner:
            why = Why.OWNER
        elif able:
            why = Why.ABLE
        else:
            continue
        away = None if team.lon is None or team.lat is None else round(distance_m(*point, team.lon, team.lat))
        held, people = on_hand.get(team.id, 0), members.get(team.id, 0)
        found.append(Suggestion(team=team, why=why, distance_m=away, on_hand=held, members=people))
    rank = {Why.OWNER: 0, Why.ABLE: 1, Why.TERRITORY: 2}
    return tuple(sorted(found, key=lambda one: (not one.members, rank[one.why], one.on_hand, one.distance_m or 0, one.team.id)))


def level_at(levels: Sequence[Level], due_at: datetime, now: datetime) -> tuple[Level | None, datetime | None]:
    """The highest level that sees a problem by now, and when the next one will; None where there is no such level."""
    seen = [level for level in levels if due_at + level.after <= now]
    above = levels[len(seen) : len(seen) + 1]
    return (seen[-1] if seen else None), (due_at + above[0].after if above else None)


def name_at(level: Level, names: Sequence[str]) -> str:
    """A level with the division it looks after. names: of a problem's divisions, largest first."""
    where = names[level.depth - 1] if 0 < level.depth <= len(names) else ""
    return " ".join(part for part in (level.name, where) if part)


def posts_in_charge(level: Level, divisions: Sequence[str], posts: Sequence[Post]) -> tuple[Post, ...]:
    """Posts of a level's role that answer for a problem there: of the level's own division, else of the next larger one."""
    of_role = [post for post in posts if (post.department, post.role) == (level.department, level.role)]
    for depth in range(min(level.depth, len(divisions)), 0, -1):
        found = tuple(post for post in of_role if divisions[depth - 1] in post.areas)
        if found:
            return found
    return tuple(post for post in of_role if not post.areas)


def is_near(distance: float, near_m: float) -> bool:
    """Whether a fix photo counts as taken at the problem."""
    return distance <= near_m
