"""Issuing, suspending, renewing, revoking; use copies."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import copying, history, issuing, replacing
from hunhe.wallet.licence.content import kinds
from hunhe.wallet.licence.reading import copy_shape, licence_shape, locked_licence, no_such_kind, today
from hunhe.wallet.licence.rules.kinds import values_from
from hunhe.wallet.licence.shapes import Licence, LicenceState, UseCopy
from hunhe.wallet.licence.sight import CHANGE, refuse_other_issuers


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def issue_licence(
    *,
    who: Who,
    type: str,
    holder: str,
    case_id: str,
    facts: Mapping[str, Any],
    valid_until: date | None,
    key: str,
    valid_from: date | None = None,
) -> Licence:
    """Issue a licence outside the effect of a move. The same key again: the same licence; Conflict if anything differs.

    facts: as a case of its procedure would hold them. Its paper is made by a job, seconds later. Invalid, NotFound.
    """
    kind = kinds().get(type)
    if kind is None:
        raise no_such_kind(type)
    issuing.check_key(key, 200)
    values = values_from(kind, facts)
    order = issuing.Order(kind, holder, case_id, values, valid_from or today(), valid_until, key)
    return licence_shape(issuing.issue(who, order))


@door(may=CHANGE, scope=Scope.CITY)
def suspend_licence(*, who: Who, licence_id: str, reason: str, expected_version: int) -> Licence:
    """Stop a licence for now. Whoever checks it the next moment is told. expected_version: its `rev`."""
    return _change(who, licence_id, LicenceState.SUSPENDED, reason, expected_version)


@door(may=CHANGE, scope=Scope.CITY)
def resume_licence(*, who: Who, licence_id: str, reason: str, expected_version: int) -> Licence:
    """Let a suspended licence hold again."""
    return _change(who, licence_id, LicenceState.VALID, reason, expected_version)


@door(may=CHANGE, scope=Scope.CITY)
def revoke_licence(*, who: Who, licence_id: str, reason: str, expected_version: int) -> Licence:
    """End a licence for good. Whoever checks it the next moment is told; open cases that relied on it are told too."""
    return _change(who, licence_id, LicenceState.REVOKED, reason, expected_version)


@door(may=CHANGE, scope=Scope.CITY)
def renew_licence(
    *, who: Who, licence_id: str, valid_until: date | None, reason: str, key: str, expected_version: int
) -> Licence:
    """Issue the next version with another last day; the one before becomes `changed`."""
    return licence_shape(replacing.replace(who, licence_id, {}, valid_until, reason, key, expected_version))


@door(may=CHANGE, scope=Scope.CITY)
def change_licence(
    *, who: Who, licence_id: str, values: Mapping[str, str], reason: str, key: str, expected_version: int
) -> Licence:
    """Issue the next version with some fields changed (by field name); the one before becomes `changed`."""
    return licence_shape(replacing.replace(who, licence_id, values, None, reason, key, expected_version))


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def order_copy(*, who: Who, licence_id: str, purpose: str, recipient: str, valid_until: date, key: str) -> UseCopy:
    """A paper for one purpose and recipient, made by a job. The same key again: the same copy. The holder's only."""
    return copy_shape(copying.order(who, licence_id, purpose, recipient, valid_until, key))


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def revoke_copy(*, who: Who, copy_id: str) -> UseCopy:
    """Take one use copy back; the licence itself stands. Twice is once. The holder's only."""
    return copy_shape(copying.revoke(who, copy_id))


def _change(who: Who, licence_id: str, state: LicenceState, reason: str, expected_version: int) -> Licence:
    reason = history.check_reason(reason)
    with transaction.atomic():
        row = locked_licence(licence_id)
        refuse_other_issuers(who, row)
        history.check_rev(row, expected_version)
        if state == LicenceState.VALID and row.state != LicenceState.SUSPENDED:
            raise Conflict("licence.resume", msgid("Only a suspended licence can be let run again."))
        if state == LicenceState.VALID and row.valid_from > today():
            state = LicenceState.ISSUED
        history.change(who, row, state, reason)
    return licence_shape(row)
