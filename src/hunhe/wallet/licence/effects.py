"""What flow asks of this room when a case has been decided."""

from hunhe.kernel.flow.shapes import Effect
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import issuing
from hunhe.wallet.licence.content import kind_of_procedure
from hunhe.wallet.licence.reading import today
from hunhe.wallet.licence.rules.kinds import until_from, values_from
from hunhe.wallet.licence.rules.states import last_day

ISSUE_LICENCE = "licence.issue_licence"


def issue_licence(effect: Effect) -> None:
    """Issue the licence that a case has decided; the same effect again changes nothing. Conflict when no kind belongs to it."""
    case = effect.case
    kind = kind_of_procedure(case.procedure)
    if kind is None:
        raise Conflict(
            "licence.kind.none", msgid("No kind of licence comes from procedure %(procedure)s."), procedure=case.procedure
        )
    if case.subject_id is None:
        raise Invalid("licence.holder.none", msgid("The case is about nobody, so nobody can hold its licence."))
    start = today()
    order = issuing.Order(
        kind=kind,
        holder=case.subject_id,
        case_id=case.id,
        values=values_from(kind, case.facts),
        valid_from=start,
        valid_until=until_from(kind, case.facts) or last_day(start, kind.validity.years),
        key=effect.key,
    )
    issuing.issue(Who.system(ISSUE_LICENCE, on_behalf_of=effect.by), order)
