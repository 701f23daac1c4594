"""Licences in the database, as shapes."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings

from hunhe.kernel.org import queries as org
from hunhe.stone import clock
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import models
from hunhe.wallet.licence.content import kinds
from hunhe.wallet.licence.rules.kinds import HOLDER_NAME, Kind, fields_of
from hunhe.wallet.licence.rules.states import copy_state_on, state_on
from hunhe.wallet.licence.shapes import Licence, LicenceChange, LicenceState, LicenceType, UseCopy

_SYSTEM = Who.system("licence")


def today() -> date:
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def department_names() -> dict[str, str]:
    return {department.code: department.name for department in org.list_departments(who=_SYSTEM)}


def state_of(row: models.Licence, day: date) -> LicenceState:
    return state_on(LicenceState(row.state), row.valid_from, row.valid_until, day)


def licence_shapes(rows: Iterable[models.Licence]) -> list[Licence]:
    """Several licences as they stand today, in one more query."""
    names, day, known = department_names(), today(), kinds()
    return [
        Licence(
            id=row.id,
            identifier=row.identifier,
            type=row.type,
            type_name=row.type_name,
            issuer=row.issuer,
            issuer_name=names.get(row.issuer, row.issuer),
            holder=row.holder,
            holder_name=row.values.get(HOLDER_NAME, ""),
            case_id=row.case_id,
            version=row.version,
            state=state_of(row, day),
            reason=row.reason,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            issued_at=row.issued_at,
            fields=fields_of(known.get(row.type), row.values),
            code=row.code,
            file_id=row.file_id,
            replaced_by=row.replaced_by,
            rev=row.rev,
        )
        for row in rows
    ]


def licence_shape(row: models.Licence) -> Licence:
    return licence_shapes([row])[0]


def type_shape(kind: Kind) -> LicenceType:
    return LicenceType(
        id=kind.id,
        name=kind.name,
        issuer=kind.issuer,
        procedure=kind.procedure,
        type_code=kind.type_code,
        years=kind.validity.years,
        basis=kind.basis,
    )


def change_shape(row: models.Change) -> LicenceChange:
    return LicenceChange(row.seq, LicenceState(row.state), row.before, row.reason, row.by, row.by_name, row.department, row.at)


def copy_shape(row: models.UseCopy) -> UseCopy:
    return UseCopy(
        id=row.id,
        licence_id=row.licence_id,
        purpose=row.purpose,
        recipient=row.recipient,
        valid_until=row.valid_until,
        state=copy_state_on(row.revoked_at is not None, row.valid_until, today()),
        made_at=row.made_at,
        revoked_at=row.revoked_at,
        code=row.code,
        file_id=row.file_id,
    )


def locked_licence(licence_id: str) -> models.Licence:
    """The row, held until the transaction ends. NotFound."""
    row = models.Licence.objects.select_for_update().filter(id=licence_id).first()
    if row is None:
        raise no_such_licence()
    return row


def no_such_licence() -> NotFound:
    return NotFound("licence.unknown", msgid("There is no such licence, or none that you may see."))


def no_such_copy() -> NotFound:
    return NotFound("licence.copy.unknown", msgid("There is no such use copy."))


def no_such_kind(kind: str) -> NotFound:
    return NotFound("licence.kind.unknown", msgid("There is no kind of licence %(type)s."), type=kind)
