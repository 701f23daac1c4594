"""A city with content applied, and accounts in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from hunhe.kernel.city import actions as city
from hunhe.kernel.identity import actions
from hunhe.kernel.identity.shapes import Account
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
PASSWORD = "correct-horse-battery"


@pytest.fixture
def applied_city(db: None) -> None:
    city.apply_city(who=SYSTEM, folder=Path(settings.HUNHE_CITY))


@pytest.fixture
def official(applied_city: None) -> Callable[..., Account]:
    """Make an official with posts: `official("li", "data_bureau", "steward")`."""

    def make(username: str, department: str = "data_bureau", *roles: str) -> Account:
        account = actions.create_account(
            who=SYSTEM, username=username, password=PASSWORD, kind="official", department=department
        )
        for role in roles:
            actions.appoint(who=SYSTEM, account_id=account.id, post=f"{department}.{role}")
        return account

    return make
