"""`/api/v1/flow/`."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field

from hunhe.kernel.flow import actions, queries
from hunhe.ui.callers import caller

router = Router()
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=128)]
Facts = Annotated[dict[str, Any], Field(default_factory=dict, max_length=200)]
Note = Annotated[str, Field(default="", max_length=2000)]
Rev = Annotated[int, Field(ge=1, le=2**31 - 1)]


class CaseOut(Schema):
    id: str
    number: str
    procedure: str
    procedure_name: str
    version: str
    title: str
    stage: str
    stage_name: str
    state: str
    outcome: str
    origin: str
    department: str
    subject_id: str | None
    facts: dict[str, Any]
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    pause: str
    rev: int


class CasePage(Schema):
    items: list[CaseOut]
    next: str | None


class TaskOut(Schema):
    id: str
    case_id: str
    number: str
    title: str
    procedure: str
    procedure_name: str
    stage: str
    stage_name: str
    department: str
    account: str | None
    state: str
    arrived_at: datetime
    due_at: datetime | None
    overdue: bool
    pause: str


class TaskPage(Schema):
    items: list[TaskOut]
    next: str | None


class FactOut(Schema):
    id: str
    name: str
    kind: str
    required: bool


class MoveOut(Schema):
    id: str
    name: str
    kind: str
    stage: str
    facts: list[FactOut]
    supplied: list[str]
    needs_reason: bool


class EventOut(Schema):
    seq: int
    what: str
    move: str
    name: str
    from_stage: str
    to_stage: str
    by_name: str
    department: str
    at: datetime
    note: str
    facts: dict[str, Any]
    entry_id: str


class ProcedureOut(Schema):
    id: str
    version: str
    name: str
    owner: str
    basis: str
    may_open: bool
    facts: list[FactOut]


class OpenIn(Schema):
    procedure: str = Field(min_length=1, max_length=48)
    department: str | None = Field(default=None, max_length=64)
    facts: Facts
    subject_id: str | None = Field(default=None, max_length=64)
    title: str = Field(default="", max_length=200)


class MoveIn(Schema):
    move: str = Field(min_length=1, max_length=48)
    rev: Rev
    facts: Facts
    note: Note


class StepIn(Schema):
    rev: Rev
    note: Note


class SuspendIn(StepIn):
    reason: str = Field(min_length=1, max_length=48)


class AskIn(Schema):
    rev: Rev
    reason: str = Field(min_length=1, max_length=2000)


class DecideIn(StepIn):
    approves: bool


class TransferIn(StepIn):
    to_account: str = Field(min_length=1, max_length=64)


@router.get("/procedures", response=list[ProcedureOut])
def procedures(request: HttpRequest) -> Any:
    """The procedures in force, and which of them you may open."""
    return list(queries.list_procedures(who=caller(request)))


@router.get("/inbox", response=TaskPage)
def inbox(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> Any:
    """Turns you may take, soonest limit first."""
    who = caller(request)
    return queries.inbox(who=who, department=department or who.department or "", cursor=cursor)


@router.get("/escalated", response=TaskPage)
def escalated(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> Any:
    """Late turns of others, brought before your department."""
    who = caller(request)
    return queries.escalated(who=who, department=department or who.department or "", cursor=cursor)


@router.get("/cases", response=CasePage)
def cases(request: HttpRequest, procedure: str | None = None, cursor: str | None = None) -> Any:
    """A citizen's own cases, an official's department's; newest first."""
    who = caller(request)
    if who.kind == "citizen":
        return queries.cases_of_subject(who=who, subject_id=who.subject_id or "", cursor=cursor)
    return queries.cases_of_department(who=who, department=who.department or "", procedure=procedure, cursor=cursor)


@router.post("/cases", response={201: CaseOut})
def open_case(request: HttpRequest, body: OpenIn, key: Key) -> Status[Any]:
    """Open a case. The same `Idempotency-Key` again answers with the same case."""
    who = caller(request)
    opened = actions.open_case(
        who=who,
        procedure=body.procedure,
        department=body.department or who.department,
        facts=body.facts,
        subject_id=who.subject_id if who.kind == "citizen" else body.subject_id,
        origin="subject" if who.kind == "citizen" else "office",
        title=body.title,
        key=key,
    )
    return Status(201, opened)


@router.get("/cases/{case_id}", response=CaseOut)
def case(request: HttpRequest, case_id: str) -> Any:
    """One case."""
    return queries.case_by_id(who=caller(request), case_id=case_id)


@router.get("/cases/{case_id}/history", response=list[EventOut])
def history(request: HttpRequest, case_id: str) -> Any:
    """What happened, in order; each line with its audit entry."""
    return list(queries.history(who=caller(request), case_id=case_id))


@router.get("/cases/{case_id}/moves", response=list[MoveOut])
def moves(request: HttpRequest, case_id: str) -> Any:
    """What you may do now."""
    return list(queries.moves_for(who=caller(request), case_id=case_id))


@router.post("/cases/{case_id}/moves", response=CaseOut)
def move(request: HttpRequest, case_id: str, body: MoveIn, key: Key) -> Any:
    """Move a case from the state you saw (`rev`). 409 when it has moved on since."""
    return actions.move_case(
        who=caller(request),
        case_id=case_id,
        move=body.move,
        expected_version=body.rev,
        facts=body.facts,
        note=body.note,
        key=key,
    )


@router.post("/cases/{case_id}/withdraw", response=CaseOut)
def withdraw(request: HttpRequest, case_id: str, body: StepIn, key: Key) -> Any:
    """Take a case back."""
    return actions.withdraw_case(who=caller(request), case_id=case_id, expected_version=body.rev, note=body.note, key=key)


@router.post("/cases/{case_id}/suspend", response=CaseOut)
def suspend(request: HttpRequest, case_id: str, body: SuspendIn) -> Any:
    """Stop the clock of your turn, for a reason its limit allows."""
    return actions.suspend_case(
        who=caller(request), case_id=case_id, reason=body.reason, expected_version=body.rev, note=body.note
    )


@router.post("/cases/{case_id}/resume", response=CaseOut)
def resume(request: HttpRequest, case_id: str, body: StepIn) -> Any:
    """Start the clock again."""
    return actions.resume_case(who=caller(request), case_id=case_id, expected_version=body.rev, note=body.note)


@router.post("/cases/{case_id}/extension", response=CaseOut)
def ask_extension(request: HttpRequest, case_id: str, body: AskIn) -> Any:
    """Ask the person in charge for more time, once a limit, before it passes."""
    return actions.ask_extension(who=caller(request), case_id=case_id, reason=body.reason, expected_version=body.rev)


@router.post("/cases/{case_id}/extension/decision", response=CaseOut)
def decide_extension(request: HttpRequest, case_id: str, body: DecideIn) -> Any:
    """Approve more time, or refuse it with a reason in `note`."""
    return actions.decide_extension(
        who=caller(request), case_id=case_id, approves=body.approves, note=body.note, expected_version=body.rev
    )


@router.post("/cases/{case_id}/transfer", response=CaseOut)
def transfer(request: HttpRequest, case_id: str, body: TransferIn) -> Any:
    """Hand your turn to a colleague."""
    return actions.transfer_task(
        who=caller(request), case_id=case_id, to_account=body.to_account, expected_version=body.rev, note=body.note
    )
