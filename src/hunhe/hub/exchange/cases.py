"""The case that a call names: the city's own, or one that a department's system has vouched for."""

from hunhe.hub.exchange import models
from hunhe.hub.exchange.rules.deciding import CaseFact
from hunhe.kernel.flow import queries as flow
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

_SYSTEM = Who.system("exchange")


def find_case(name: str, department: str) -> CaseFact | None:
    """The case by id, as it stands in the current transaction; None if there is none."""
    return _own_case(name) if name.startswith("case_") else _asserted_case(name, department)


def _own_case(case_id: str) -> CaseFact | None:
    try:
        case = flow.case_by_id(who=_SYSTEM, case_id=case_id)
    except NotFound:
        return None
    return CaseFact(
        id=case.id,
        number=case.number,
        department=case.department,
        subject_id=case.subject_id,
        procedure=case.procedure,
        origin=case.origin,
        is_open=case.is_open,
    )


def _asserted_case(name: str, department: str) -> CaseFact | None:
    row = models.Assertion.objects.filter(department=department, case=name, signer__revoked_at=None).first()
    if row is None:
        return None
    return CaseFact(
        id=row.case,
        number=row.case,
        department=row.department,
        subject_id=row.subject_id,
        procedure=row.procedure,
        origin="subject",
        is_open=True,
        expires_at=row.expires_at,
        officer=row.officer,
    )
