"""Who stands behind an account or a token; accounts, clients and roles in lists."""

from collections.abc import Collection, Mapping
from typing import cast

from django.db.models import Count

from hunhe.kernel.identity import browsers, models, people, sessions, tokens
from hunhe.kernel.identity.days import today
from hunhe.kernel.identity.powers import posts_on
from hunhe.kernel.identity.shapes import Account, Client, Cover, Holder, OwnAccount, Person, Session
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Kind, Who

PAGE = 50


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def who_for_account(*, who: Who, account: models.Account) -> Who:
    """The caller behind a login: posts held or stood in for today, and what their roles may do. One query at most."""
    kind = cast("Kind", account.kind)
    name = account.display_name or account.username
    if kind == "citizen":
        return Who(id=account.id, kind=kind, name=name, subject_id=account.subject_id, level=account.level)
    posts, may = posts_on(account.id, today())
    return Who(
        id=account.id,
        kind=kind,
        name=name,
        department=account.department or None,
        posts=posts,
        may=may,
        subject_id=account.subject_id,
        level=account.level,
    )


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def who_by_account_id(*, who: Who, account_id: str) -> Who:
    """The caller an active account would be now. NotFound."""
    row = models.Account.objects.filter(id=account_id, is_active=True).first()
    if row is None:
        raise NotFound("identity.account.none", msgid("There is no such account."))
    return who_for_account(who=who, account=row)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def who_for_token(*, who: Who, token: str) -> Who | None:
    """The caller behind an API client's token; None if unknown or revoked. Cheap enough for a lane, at most seconds old."""
    return tokens.who_behind(token)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def accounts_of_subject(*, who: Who, subject_id: str) -> tuple[OwnAccount, ...]:
    """The accounts bound to a person: one a kind at most."""
    rows = models.Account.objects.filter(subject_id=subject_id).order_by("id") if subject_id else ()
    return tuple(OwnAccount(row.username, row.display_name, row.level, row.date_joined) for row in rows)


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def list_sessions(*, who: Who, current: str = "") -> tuple[Session, ...]:
    """The browsers signed in to the caller's account, the newest seen first. current: key of the session that asks."""
    return browsers.of_account(who.id, current)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def count_sessions(*, who: Who) -> int:
    """Browsers that have signed in and not out."""
    return models.Session.objects.count()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def who_for_session(*, who: Who, session_key: str) -> Who:
    """The caller behind a browser's session cookie, for lanes; anonymous once it has ended. Asking does not count as use of
    the session, and a session that has rested too long for pages is known until its next page ends it."""
    account = sessions.account_behind(session_key) if session_key else None
    return who_for_account(who=who, account=account) if account else Who.anonymous()


@door(may=Gate.SIGNED_IN, scope=Scope.DEPARTMENT)
def list_clients(*, who: Who, department: str, cursor: str | None = None) -> Page[Client]:
    """The API clients of a department, newest first, revoked ones included."""
    rows = models.Client.objects.filter(department=department).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    found = [row.shape() for row in rows[: PAGE + 1]]
    return Page.of(found, PAGE, key=lambda client: (client.id,))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def account_by_username(*, who: Who, username: str) -> Account:
    """NotFound."""
    row = models.Account.objects.filter(username=username).first()
    if row is None:
        raise NotFound("identity.account.unknown", msgid("There is no account %(username)s."), username=username)
    return row.shape()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def officials_by_department(*, who: Who) -> dict[str, int]:
    """How many officials may sign in, by department. One query."""
    rows = models.Account.objects.filter(kind="official", is_active=True).values("department")
    return {row["department"]: row["n"] for row in rows.annotate(n=Count("id")).order_by("department")}


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def accounts_by_ids(*, who: Who, account_ids: Collection[str]) -> tuple[Account, ...]:
    """The accounts of those ids, inactive ones too, for lanes. One query; unknown ids are left out."""
    return tuple(row.shape() for row in models.Account.objects.filter(id__in=account_ids)) if account_ids else ()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def holders_of(*, who: Who, posts: Collection[str]) -> Mapping[str, tuple[Holder, ...]]:
    """Who may act in these posts today: those appointed, then those who stand in; a post that nobody holds is left out.
    Two queries at any length."""
    return people.holders(posts) if posts else {}


@door(may="identity.may_see_accounts", scope=Scope.CITY)
def list_people(*, who: Who, department: str = "", text: str = "", cursor: str | None = None) -> Page[Person]:
    """Officials by user name, those shut out included, each with the posts held now or to come."""
    return people.listed(department, text, cursor)


@door(may="identity.may_see_accounts", scope=Scope.CITY)
def person_by_id(*, who: Who, account_id: str) -> Person:
    """One official with every post ever held. NotFound."""
    return people.one(_official(account_id))


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def cover_of(*, who: Who) -> Cover:
    """The caller's own posts, who stands in for the caller and for whom the caller stands in."""
    return people.cover(_official(who.id))


def _official(account_id: str) -> models.Account:
    row = models.Account.objects.filter(id=account_id, kind="official").first()
    if row is None:
        raise NotFound("identity.account.none", msgid("There is no such account."))
    return row
