"""`hunhe user`: the accounts by which officials come in, and back in. The first administrator of a city is made here."""

import secrets
from collections.abc import Iterator, Sequence

from django.db import transaction

from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.stone.who import Who

WHO = Who.system("cli")


def add(username: str, department: str, name: str, posts: Sequence[str]) -> dict[str, object]:
    """An official's account with these posts; its first password, to be changed after signing in, is in the answer only."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        account = identity.create_account(
            who=WHO, username=username, password=password, kind="official", department=department, name=name
        )
        for post in posts:
            identity.appoint(who=WHO, account_id=account.id, post=post)
    return {"username": username, "password": password, "posts": list(posts)}


def reset(username: str) -> dict[str, object]:
    """A new password; the second factor is set up again at the next sign-in."""
    password = secrets.token_urlsafe(12)
    account = accounts.account_by_username(who=WHO, username=username)
    identity.reset_access(who=WHO, account_id=account.id, password=password)
    return {"username": username, "password": password}


def close(username: str) -> None:
    account = accounts.account_by_username(who=WHO, username=username)
    identity.set_active(who=WHO, account_id=account.id, active=False)


def lines() -> Iterator[str]:
    """Officials by user name: name, department, posts, and whether they are shut out."""
    cursor: str | None = None
    while True:
        page = accounts.list_people(who=WHO, cursor=cursor)
        for person in page.items:
            account, posts = person.account, " ".join(held.appointment.post for held in person.holdings)
            state = "" if account.active else "closed"
            yield "\t".join((account.username, account.name, account.department or "", posts, state))
        if page.next is None:
            return
        cursor = page.next
