"""`/api/v1/mydata/`."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import Field

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.consent.shapes import Erased, Export
from hunhe.ui.callers import caller
from hunhe.wallet.mydata import actions, queries
from hunhe.wallet.mydata.shapes import ErasureRequest

router = Router()
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=60)]


class CopyOut(Schema):
    id: str
    state: str
    asked_at: datetime
    ready_at: datetime | None
    until: datetime | None
    rows: int
    size: int
    url: str

    @classmethod
    def of(cls, export: Export) -> "CopyOut":
        return cls(
            id=export.id,
            state=export.state,
            asked_at=export.asked_at,
            ready_at=export.ready_at,
            until=export.until,
            rows=export.rows,
            size=export.size,
            url=f"/files/{export.file_id}" if export.file_id else "",
        )


class CopiesOut(Schema):
    items: list[CopyOut]


class HoldingOut(Schema):
    room: str
    title: str
    rows: int
    erasable: bool
    duty: str
    why: str


class HoldingsOut(Schema):
    items: list[HoldingOut]


class ErasedOut(Schema):
    room: str
    outcome: str
    rows: int
    why: str
    basis: str
    at: datetime
    entry_id: str

    @classmethod
    def of(cls, line: Erased) -> "ErasedOut":
        return cls(
            room=line.room,
            outcome=line.outcome,
            rows=line.rows,
            why=line.why,
            basis=line.basis,
            at=line.at,
            entry_id=line.entry_id,
        )


class ErasureOut(Schema):
    case_id: str
    number: str
    stage: str
    state: str
    outcome: str
    wanted: list[str]
    lines: list[ErasedOut]

    @classmethod
    def of(cls, asked: ErasureRequest) -> "ErasureOut":
        case = asked.case
        return cls(
            case_id=case.id,
            number=case.number,
            stage=case.stage,
            state=case.state,
            outcome=case.outcome,
            wanted=list(asked.wanted),
            lines=[ErasedOut.of(line) for line in asked.lines],
        )


class ErasuresOut(Schema):
    items: list[ErasureOut]


class EraseIn(Schema):
    rooms: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=60)]
    explanation: Annotated[str, Field(default="", max_length=1000)]


@router.get("/holdings", response=HoldingsOut)
def holdings(request: HttpRequest) -> dict[str, object]:
    """Which rooms of the city hold how much about the caller, and what keeps it there."""
    who = caller(request)
    return {"items": queries.own_holdings(who=who, subject_id=who.subject_id or "")}


@router.get("/copies", response=CopiesOut)
def copies(request: HttpRequest) -> CopiesOut:
    """The caller's copies of everything, newest first; a ready one is taken from its `url`."""
    who = caller(request)
    found = consents.list_exports(who=who, subject_id=who.subject_id or "")
    return CopiesOut(items=[CopyOut.of(export) for export in found])


@router.post("/copies", response=CopyOut)
def ask_copy(request: HttpRequest, key: Key) -> CopyOut:
    """Ask for a copy. The same key, or one still being made, is the same copy."""
    who = caller(request)
    return CopyOut.of(consent.ask_export(who=who, subject_id=who.subject_id or "", key=key))


@router.get("/erasures", response=ErasuresOut)
def erasures(request: HttpRequest) -> ErasuresOut:
    """The caller's newest request to erase, with what was done."""
    who = caller(request)
    asked = queries.erasure_of(who=who, subject_id=who.subject_id or "")
    return ErasuresOut(items=[ErasureOut.of(asked)] if asked else [])


@router.post("/erasures", response=ErasureOut)
def ask_erasure(request: HttpRequest, body: EraseIn, key: Key) -> ErasureOut:
    """Ask to be erased from these rooms. While a request runs, asking again gives the same one."""
    who = caller(request)
    case = actions.ask_erasure(
        who=who, subject_id=who.subject_id or "", rooms=body.rooms, explanation=body.explanation, key=key
    )
    return ErasureOut(
        case_id=case.id,
        number=case.number,
        stage=case.stage,
        state=case.state,
        outcome=case.outcome,
        wanted=list(case.facts.get("wanted", ())),
        lines=[],
    )
