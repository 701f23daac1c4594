"""A person's data at a glance; requests to erase it."""

from datetime import timedelta

from hunhe.hub.bases import queries as bases
from hunhe.hub.exchange import queries as exchange
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.consent.shapes import Holding
from hunhe.kernel.flow import queries as flow
from hunhe.kernel.flow.shapes import Case
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound
from hunhe.stone.page import Page
from hunhe.stone.who import Who
from hunhe.wallet.mydata import erasure
from hunhe.wallet.mydata.shapes import AnswerTimes, ErasureRequest, Overview

CORRECTION = "correction"
RECENT = timedelta(days=90)


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def overview(*, who: Who, subject_id: str) -> Overview:
    """Everything in one look, each part asked of the room that owns it."""
    running = [case for case in flow.cases_of_subject(who=who, subject_id=subject_id).items if case.is_open]
    fields, sources = _record(who, subject_id)
    exports = consents.list_exports(who=who, subject_id=subject_id)
    allowed = consents.list_consents(who=who, subject_id=subject_id)
    return Overview(
        uses=exchange.use_days(who=who, subject_id=subject_id),
        fields=fields,
        sources=sources,
        consents=tuple(consent for consent in allowed.items if consent.stands),
        cases=tuple(case for case in running if case.procedure not in (CORRECTION, erasure.PROCEDURE)),
        questioned=sum(case.procedure == CORRECTION for case in running),
        export=exports[0] if exports else None,
        erasure=erasure_of(who=who, subject_id=subject_id),
    )


def _record(who: Who, subject_id: str) -> tuple[int | None, int]:
    try:
        record = bases.own_subject(who=who, subject_id=subject_id)
    except NotFound:
        return None, 0
    return len(record.fields), len({field.source.dataset for field in record.fields if field.source})


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def erasure_of(*, who: Who, subject_id: str) -> ErasureRequest | None:
    """The person's newest request, with what was done once it is answered."""
    case = erasure.newest(subject_id)
    return erasure.request_of(case) if case else None


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def own_holdings(*, who: Who, subject_id: str) -> tuple[Holding, ...]:
    """Which rooms hold how much about the caller, and what keeps it there."""
    return consents.holdings_of(who=erasure.SYSTEM, subject_id=subject_id)


@door(may=erasure.DECIDE, scope=Scope.CITY)
def erasure_by_case(*, who: Who, case_id: str) -> ErasureRequest:
    """A request with what rooms hold now. The look is recorded. NotFound."""
    return erasure.asked_request(who, case_id)


@door(may=erasure.DECIDE, scope=Scope.CITY)
def list_erasures(*, who: Who, cursor: str | None = None) -> Page[Case]:
    """Requests, newest first."""
    return flow.cases_of_department(who=who, department=erasure.BUREAU, procedure=erasure.PROCEDURE, cursor=cursor)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def answer_times(*, who: Who) -> AnswerTimes:
    """Of the newest fifty requests those of the last 90 days that are answered or overdue, and how many in time."""
    now = clock.now()
    found = list_erasures(who=who).items
    due = [case for case in found if now - case.opened_at < RECENT and (case.closed_at or (case.due_at and case.due_at < now))]
    answered = [case for case in due if case.closed_at]
    newest = max((case.closed_at.date() for case in answered if case.closed_at), default=None)
    in_time = sum(
        case.outcome != "withdrawn" and case.closed_at - case.opened_at < timedelta(days=21)
        for case in answered
        if case.closed_at
    )
    return AnswerTimes(in_time=in_time, due=sum(case.outcome != "withdrawn" for case in due), newest=newest)
