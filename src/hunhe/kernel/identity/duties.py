"""Which duties an account holds, by appointment or delegation, and the refusal to unite those kept apart."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q

from hunhe.kernel.identity.models import Appointment, Delegation, Role
from hunhe.kernel.identity.rules import APART, meet
from hunhe.stone.errors import Conflict, msgid


def refuse_union(account_id: str, role: str, day: date) -> None:
    """Conflict if holding `role` too, on or after `day`, would put into one hand duties that must stay apart."""
    united = _united({role, *(held for _, held in _roles_from(day, account_id))})
    if united:
        raise Conflict(
            "identity.duties_apart",
            msgid("One account cannot hold these duties together: %(duties)s. Appoint somebody else."),
            duties=", ".join(united),
        )


def refuse_any_union(day: date) -> None:
    """The same for every account at once, after roles or posts have changed."""
    critical = set(Role.objects.filter(duty__in=APART).values_list("code", flat=True))
    roles = defaultdict[str, set[str]](set)
    for account, role in _roles_from(day):
        if role in critical:
            roles[account].add(role)
    for account, held in roles.items():
        if len(held) > 1 and _united(held):
            raise Conflict(
                "identity.duties_apart_content",
                msgid("These roles would unite in account %(account)s duties that must stay apart."),
                account=account,
            )


def _united(roles: Iterable[str]) -> tuple[str, ...]:
    return meet(role.shape().duty for role in Role.objects.filter(code__in=list(roles)))


def _roles_from(day: date, account_id: str | None = None) -> Iterator[tuple[str, str]]:
    """Account and role of every appointment and delegation that is not over on a day, future ones too."""
    own, lent = Appointment.objects.filter(_not_over(day)), Delegation.objects.filter(until__gte=day)
    if account_id is not None:
        own, lent = own.filter(account_id=account_id), lent.filter(deputy_id=account_id)
    yield from own.values_list("account_id", "post__role").distinct()
    yield from lent.values_list("deputy_id", "post__role").distinct()


def _not_over(day: date) -> Q:
    return Q(until=None) | Q(until__gte=day)
