"""The next version of a licence takes the place of the one before."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import history, issuing, models
from hunhe.wallet.licence.content import kinds
from hunhe.wallet.licence.reading import locked_licence, no_such_kind, today
from hunhe.wallet.licence.rules.kinds import LONGEST
from hunhe.wallet.licence.shapes import LicenceState
from hunhe.wallet.licence.sight import refuse_other_issuers


def replace(
    who: Who,
    licence_id: str,
    values: Mapping[str, str],
    valid_until: date | None,
    reason: str,
    key: str,
    expected_version: int,
) -> models.Licence:
    """Issue the version after `licence_id`. The same key again: the version it made. valid_until: None keeps the last day."""
    reason = history.check_reason(reason)
    issuing.check_key(key, 100)
    with transaction.atomic():
        before = locked_licence(licence_id)
        refuse_other_issuers(who, before)
        own_key = f"{before.id}:{key}"
        known = models.Licence.objects.filter(key=own_key).first()
        if known is not None:
            return known
        history.check_rev(before, expected_version)
        kind = kinds().get(before.type)
        if kind is None:
            raise no_such_kind(before.type)
        said = {**before.values, **_checked(values, {spec.name for spec in kind.fields})}
        last = valid_until or before.valid_until
        order = issuing.Order(kind, before.holder, before.case_id, said, today(), last, own_key, before)
        after = issuing.issue(who, order)
        before.replaced_by = after.id
        history.change(who, before, LicenceState.CHANGED, reason)
    return after


def _checked(values: Mapping[str, str], names: set[str]) -> dict[str, str]:
    said = {name: value.strip() for name, value in values.items()}
    if any(name not in names or not 0 < len(value) <= LONGEST or "\x00" in value for name, value in said.items()):
        raise Invalid("licence.change.fields", msgid("These fields cannot be changed so."))
    return said
