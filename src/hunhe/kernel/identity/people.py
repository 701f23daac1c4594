"""Officials with their posts, and who stands in for whom: two or three queries however many there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from allauth.mfa.models import Authenticator
from django.db.models import Q

from hunhe.kernel.identity import models
from hunhe.kernel.identity.days import today
from hunhe.kernel.identity.shapes import Cover, Holder, Holding, Person, StandIn
from hunhe.stone.page import Page, decode_cursor

PAGE = 50


def listed(department: str, text: str, cursor: str | None) -> Page[Person]:
    """Officials by user name, with the posts they hold now or will."""
    rows = models.Account.objects.filter(kind="official").order_by("username")
    if department:
        rows = rows.filter(department=department)
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if cursor:
        rows = rows.filter(username__gt=decode_cursor(cursor, 1)[0])
    page = Page.of(list(rows[: PAGE + 1]), PAGE, key=lambda row: (row.username,))
    held = _holdings(page.items)
    return page.map(lambda row: Person(row.shape(), tuple(one for one in held[row.id] if not one.over)))


def one(row: models.Account) -> Person:
    """One official, with every post ever held."""
    return Person(row.shape(), tuple(_holdings([row])[row.id]), Authenticator.objects.filter(user=row).exists())


def cover(row: models.Account) -> Cover:
    running = (
        models.Delegation.objects.filter(until__gte=today()).select_related("post", "holder", "deputy").order_by("since", "id")
    )
    colleagues = models.Account.objects.filter(kind="official", department=row.department, is_active=True).exclude(pk=row.pk)
    return Cover(
        posts=tuple(one for one in _holdings([row])[row.id] if not one.over and one.appointment.since <= today()),
        given=tuple(_stand_in(one) for one in running.filter(holder=row)),
        taken=tuple(_stand_in(one) for one in running.filter(deputy=row)),
        colleagues=tuple(one.shape() for one in colleagues.order_by("username")[:200]),
    )


def holders(posts: Collection[str]) -> Mapping[str, tuple[Holder, ...]]:
    """Who may act in each post today, by the same rule as `posts_on`: holders first, then who stands in for one of them."""
    found: defaultdict[str, dict[str, Holder]] = defaultdict(dict)
    day, held = today(), set[tuple[str, str]]()
    own = models.Appointment.objects.filter(Q(until=None) | Q(until__gte=day), post__in=posts, since__lte=day)
    for row in own.filter(post__in_use=True, account__is_active=True).select_related("account").order_by("since", "id"):
        held.add((row.account_id, row.post_id))
        found[row.post_id].setdefault(row.account_id, _holder(row.account))
    lent = models.Delegation.objects.filter(post__in=posts, since__lte=day, until__gte=day, deputy__is_active=True)
    for given in lent.select_related("deputy").order_by("since", "id"):
        if (given.holder_id, given.post_id) in held:
            found[given.post_id].setdefault(given.deputy_id, _holder(given.deputy, stand_in=True))
    return {post: tuple(named.values()) for post, named in found.items()}


def _holder(row: models.Account, *, stand_in: bool = False) -> Holder:
    return Holder(row.id, row.display_name or row.username, stand_in)


def _holdings(accounts: Sequence[models.Account]) -> defaultdict[str, list[Holding]]:
    found: defaultdict[str, list[Holding]] = defaultdict(list)
    rows = models.Appointment.objects.filter(account__in=accounts).select_related("post").order_by("since", "id")
    for row in rows:
        over = row.until is not None and row.until < today()
        found[row.account_id].append(Holding(row.shape(), row.post.name, over))
    return found


def _stand_in(row: models.Delegation) -> StandIn:
    holder, deputy = (one.display_name or one.username for one in (row.holder, row.deputy))
    return StandIn(row.shape(), row.post.name, holder, deputy)
