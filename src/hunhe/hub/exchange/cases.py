"""The cases that calls name: the city's own, or ones that a department's system has vouched for."""

from collections.abc import Iterable

from hunhe.hub.exchange import models
from hunhe.hub.exchange.rules.deciding import CaseFact
from hunhe.kernel.flow import queries as flow
from hunhe.stone.who import Who

OWN = "case_"
_SYSTEM = Who.system("exchange")


def find_cases(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], CaseFact]:
    """Cases by (department that asks, id), as they stand in the current transaction. Two queries for any number."""
    wanted = set(wanted)
    own = {name for _, name in wanted if name.startswith(OWN)}
    facts = _own_cases(own) if own else {}
    found = {(department, name): facts[name] for department, name in wanted if name in facts}
    asserted = wanted - {pair for pair in wanted if pair[1].startswith(OWN)}
    return found | _asserted_cases(asserted) if asserted else found


def _own_cases(case_ids: Iterable[str]) -> dict[str, CaseFact]:
    return {
        gist.id: CaseFact(
            id=gist.id,
            number=gist.number,
            department=gist.department,
            subject_id=gist.subject_id,
            procedure=gist.procedure,
            origin=gist.origin,
            is_open=gist.is_open,
        )
        for gist in flow.case_gists(who=_SYSTEM, case_ids=sorted(case_ids))
    }


def _asserted_cases(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], CaseFact]:
    rows = models.Assertion.objects.filter(
        department__in={department for department, _ in wanted}, case__in={name for _, name in wanted}, signer__revoked_at=None
    )
    return {
        (row.department, row.case): CaseFact(
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
        for row in rows
        if (row.department, row.case) in wanted
    }
