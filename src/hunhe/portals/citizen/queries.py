"""The front page of one person. Each part asks the room that owns it; nothing is counted twice."""

from hunhe.hub.exchange import queries as exchange
from hunhe.kernel.flow import queries as flow
from hunhe.kernel.flow.shapes import CaseFile
from hunhe.kernel.notify import queries as notify
from hunhe.networks.service import queries as service
from hunhe.portals.citizen.shapes import Front, OwnCase
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who
from hunhe.ui.shapes import Step, StepState

SHOWN = 3
_STATES: dict[str, StepState] = {"past": "done", "here": "now", "waiting": "waiting", "future": "ahead"}


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def front(*, who: Who) -> Front:
    """What waits for this caller; empty parts for somebody who is not signed in or has no confirmed name."""
    if who.kind == "anonymous":
        return Front(now=clock.now(), drafts=(), cases=(), more_cases=False, notices=(), uses=None)
    notices = notify.list_notices(who=who).items[:SHOWN]
    if who.subject_id is None:
        return Front(now=clock.now(), drafts=(), cases=(), more_cases=False, notices=notices, uses=None)
    found = flow.cases_of_subject(who=who, subject_id=who.subject_id).items
    running = [case for case in found if case.is_open]
    return Front(
        now=clock.now(),
        drafts=service.open_drafts(who=who, subject_id=who.subject_id)[:SHOWN] if who.kind == "citizen" else (),
        cases=tuple(_own(flow.case_file(who=who, case_id=case.id)) for case in running[:SHOWN]),
        more_cases=len(found) > min(len(running), SHOWN),
        notices=notices,
        uses=exchange.use_days(who=who, subject_id=who.subject_id),
    )


def _own(file: CaseFile) -> OwnCase:
    steps = tuple(Step(stop.name, "late" if stop.late else _STATES[stop.state]) for stop in file.stops)
    return OwnCase(case=file.case, steps=steps, yours=any(turn.mine for turn in file.turns))
