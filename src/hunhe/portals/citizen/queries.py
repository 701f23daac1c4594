"""The front page of one person. Each part asks the room that owns it; nothing is counted twice."""

from hunhe.kernel.flow import queries as flow
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.notify import queries as notify
from hunhe.portals.citizen.shapes import Front, OwnCase
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.page import Page
from hunhe.stone.who import Who

SHOWN = 3


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def front(*, who: Who) -> Front:
    """What waits for this caller; empty parts for somebody who is not signed in or has no confirmed name."""
    if who.kind == "anonymous":
        return Front(now=clock.now(), cases=(), more_cases=False, notices=())
    cases = tuple(case for case in own_cases(who=who).items if case.is_open)
    return Front(
        now=clock.now(),
        cases=tuple(_own(who, case) for case in cases[:SHOWN]),
        more_cases=len(cases) > SHOWN,
        notices=notify.list_notices(who=who).items[:SHOWN],
    )


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def own_cases(*, who: Who, cursor: str | None = None) -> Page[Case]:
    """The caller's own cases, newest first; none without a confirmed name."""
    if who.subject_id is None:
        return Page(())
    return flow.cases_of_subject(who=who, subject_id=who.subject_id, cursor=cursor)


def _own(who: Who, case: Case) -> OwnCase:
    return OwnCase(case=case, steps=(), yours=bool(flow.moves_for(who=who, case_id=case.id)))
