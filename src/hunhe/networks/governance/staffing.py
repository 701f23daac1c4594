"""Who is where in the street: members of teams, inspectors of areas, those in charge of a level; by posts and appointments alone."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count

from hunhe.kernel.identity import queries as identity
from hunhe.kernel.identity.shapes import Holder
from hunhe.kernel.org.shapes import Post
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import content, models
from hunhe.networks.governance.rules import posts_in_charge
from hunhe.networks.governance.shapes import Level, Seat, Staffing, State, TeamSeat

Holders = Mapping[str, tuple[Holder, ...]]


def holders(posts: Iterable[str]) -> Holders:
    return identity.holders_of(who=content.SYSTEM, posts=tuple(posts))


def members() -> Mapping[str, int]:
    """How many people each team has today."""
    teams = content.book().teams.values()
    found = holders(team.post for team in teams)
    return {team.id: len(found.get(team.post, ())) for team in teams}


def orders_on_hand() -> Mapping[str, int]:
    """Orders that each team has now."""
    rows = models.Problem.objects.filter(live=1, state=State.DOING).values("team").annotate(count=Count("id"))
    return {row["team"]: row["count"] for row in rows.order_by()}


def read() -> Staffing:
    """Everybody, in a constant number of queries."""
    book = content.book()
    roles = {level.role for level in book.levels}
    chiefs = [post for post in book.posts if post.role in roles]
    by_code = {post.code: post for post in book.posts}
    found, on_hand = holders(by_code), orders_on_hand()
    names = _names(book.posts)
    return Staffing(
        teams=tuple(
            TeamSeat(
                team=team,
                seat=_seat(by_code.get(team.post) or Post(team.post, team.department, "", team.name), found, names),
                on_hand=on_hand.get(team.id, 0),
            )
            for team in book.teams.values()
        ),
        inspectors=tuple(_seat(post, found, names) for post in book.inspectors),
        chiefs=tuple(_seat(post, found, names) for post in chiefs),
    )


def in_charge(levels: Sequence[Level], divisions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Who answers for a problem at the first of these levels, by name ("" where nobody holds its post), and the posts to tell:
    its own, or those of the next level above that somebody holds; none where all are vacant."""
    posts = content.book().posts
    by_level = [posts_in_charge(level, divisions, posts) for level in levels]
    found = holders({post.code for each in by_level for post in each})
    first = next((holder.name for post in by_level[0] for holder in found.get(post.code, ())), "")
    told = next((held for each in by_level if (held := tuple(post.code for post in each if post.code in found))), ())
    return first, told


def _seat(post: Post, found: Holders, names: Mapping[str, str]) -> Seat:
    people = found.get(post.code, ())
    return Seat(
        post=post.code,
        name=post.name,
        areas=tuple(names.get(area, area) for area in post.areas),
        holders=tuple(one.name for one in people if not one.stand_in),
        stand_ins=tuple(one.name for one in people if one.stand_in),
    )


def _names(posts: Iterable[Post]) -> Mapping[str, str]:
    """Names of the divisions that posts are for."""
    areas = {area for post in posts for area in post.areas}
    return {found.code: found.name for found in places.divisions_by_codes(who=content.SYSTEM, codes=areas)}
