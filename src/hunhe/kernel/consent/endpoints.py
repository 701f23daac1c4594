"""`/api/v1/consent/`."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import Field

from hunhe.kernel.consent import actions, queries
from hunhe.ui.callers import caller

router = Router()
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=128)]


class KindOut(Schema):
    id: str
    version: str
    name: str
    text: str
    purpose: str
    basis: str
    separate: bool
    withdrawable: bool
    days: int
    guardian_below: int


class KindsOut(Schema):
    items: list[KindOut]


class ConsentOut(Schema):
    id: str
    kind: str
    name: str
    version: str
    recipient: str
    recipient_name: str
    purpose: str
    state: str
    given_at: datetime
    until: datetime | None
    ended_at: datetime | None
    entry_id: str


class ConsentPage(Schema):
    items: list[ConsentOut]
    next: str | None


class GiveIn(Schema):
    kind: Annotated[str, Field(max_length=60)]
    recipient: Annotated[str, Field(default="", max_length=80)]
    purpose: Annotated[str, Field(default="", max_length=300)]
    subject_id: Annotated[str | None, Field(default=None, max_length=64)]


@router.get("/kinds", response=KindsOut)
def kinds(request: HttpRequest) -> dict[str, object]:
    """Everything that can be consented to, in the words people are shown."""
    return {"items": queries.list_kinds(who=caller(request))}


@router.get("/consents", response=ConsentPage)
def consents(request: HttpRequest, cursor: str | None = None) -> object:
    """What the caller ever allowed, newest first."""
    who = caller(request)
    return queries.list_consents(who=who, subject_id=who.subject_id or "", cursor=cursor)


@router.post("/consents", response=ConsentOut)
def give(request: HttpRequest, body: GiveIn, key: Key = "") -> object:
    """Allow something. What stands already stays as it is; a retry with the same key never revives what was taken back."""
    return actions.give_consent(
        who=caller(request), kind=body.kind, recipient=body.recipient, purpose=body.purpose, subject_id=body.subject_id, key=key
    )


@router.post("/consents/{consent_id}/withdraw", response=ConsentOut)
def withdraw(request: HttpRequest, consent_id: str) -> object:
    """Take back one of the caller's consents, in force at once. Twice is once."""
    return actions.withdraw_consent(who=caller(request), consent_id=consent_id)
