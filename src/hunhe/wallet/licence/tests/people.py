"""Officials and citizens of the tests."""

from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
PASSWORD = "correct-horse-battery"


def official(department: str, *roles: str) -> Who:
    """An official with these roles in a department."""
    name = f"{department}.{'.'.join(roles)}"
    made = identity.create_account(
        who=SYSTEM, username=name, password=PASSWORD, kind="official", department=department, name=name
    )
    for role in roles:
        identity.appoint(who=SYSTEM, account_id=made.id, post=f"{department}.{role}")
    return accounts.who_for_account(who=SYSTEM, account=Account.objects.get(id=made.id))


def citizen(name: str, subject_id: str) -> Who:
    """A citizen with a confirmed name."""
    made = identity.create_account(who=SYSTEM, username=name, password=PASSWORD, kind="citizen", name=name)
    identity.raise_level(who=SYSTEM, account_id=made.id, subject_id=subject_id, level=2)
    return accounts.who_for_account(who=SYSTEM, account=Account.objects.get(id=made.id))
