"""HTTP: `/api/v1/licence/…`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.page import Page
from hunhe.stone.who import Who
from hunhe.ui.callers import caller
from hunhe.wallet.licence import actions, queries
from hunhe.wallet.licence.limiting import admit
from hunhe.wallet.licence.shapes import Answer, Licence, LicenceState, Verification

router = Router()
LARGEST_PAPER = 5 * 1024 * 1024


class TypeOut(Schema):
    id: str
    name: str
    issuer: str
    procedure: str
    type_code: str
    years: int
    basis: str


class FieldOut(Schema):
    name: str
    title: str
    value: str


class LicenceOut(Schema):
    id: str
    identifier: str
    type: str
    type_name: str
    issuer: str
    issuer_name: str
    case_id: str
    version: int
    state: LicenceState
    reason: str
    valid_from: date
    valid_until: date | None
    issued_at: datetime
    fields: list[FieldOut]
    file_id: str
    replaced_by: str
    rev: int


class OwnLicenceOut(LicenceOut):
    code: str


class LicencePage(Schema):
    items: list[LicenceOut]
    next: str | None


class OwnLicencePage(Schema):
    items: list[OwnLicenceOut]
    next: str | None


class AnswerOut(Schema):
    """valid only when `answer` is `valid`. holder is masked; claims: what a credential's holder chose to show."""

    answer: Answer
    at: datetime
    way: str
    type_name: str
    identifier: str
    issuer_name: str
    holder: str
    fields: list[FieldOut]
    claims: dict[str, str]
    valid_from: date | None
    valid_until: date | None
    since: datetime | None
    purpose: str
    recipient: str
    copy_until: date | None
    entry_id: str


class CopyOut(Schema):
    id: str
    purpose: str
    recipient: str
    valid_until: date
    state: str
    made_at: datetime
    code: str
    file_id: str


class AskIn(Schema):
    """Either a code or a credential. case_id, purpose: what the check is for, from officials and systems."""

    code: str = Field("", max_length=200)
    credential: str = Field("", max_length=16_000)
    case_id: str = Field("", max_length=40)
    purpose: str = Field("", max_length=100)


class ReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=500)
    expected_version: int


class RenewIn(ReasonIn):
    valid_until: date


class CopyIn(Schema):
    purpose: str = Field(min_length=1, max_length=100)
    recipient: str = Field(min_length=1, max_length=100)
    valid_until: date


def _key(request: HttpRequest) -> str:
    key = str(request.headers.get("Idempotency-Key", ""))
    if not 0 < len(key) <= 100:
        raise Invalid("request.idempotency", msgid("Send an Idempotency-Key header of up to 100 characters."))
    return key


def _purpose(who: Who, case_id: str, purpose: str) -> dict[str, str]:
    """Only those who have cases may say for which one they check."""
    return {"case_id": case_id, "purpose": purpose} if who.kind in ("official", "client") else {}


def _page(page: Page[Licence]) -> Mapping[str, Any]:
    return {"items": page.items, "next": page.next}


@router.get("/types", response=list[TypeOut], summary="Kinds of licences")
def list_types(request: HttpRequest) -> Any:
    return queries.list_types(who=caller(request))


@router.get("/types/{kind}", response=TypeOut, summary="One kind of licence; the `vct` of its credentials leads here")
def type_by_id(request: HttpRequest, kind: str) -> Any:
    return queries.type_by_id(who=caller(request), type=kind)


@router.post("/verify", response=AnswerOut, summary="Check a code or a credential")
def verify(request: HttpRequest, asked: AskIn) -> Verification:
    who = caller(request)
    if bool(asked.code) == bool(asked.credential):
        raise Invalid("licence.verification.what", msgid("Send either a code or a credential."))
    admit(request, who)
    said = _purpose(who, asked.case_id, asked.purpose)
    if asked.code:
        return queries.verify(who=who, code=asked.code, **said)
    return queries.verify_credential(who=who, text=asked.credential, **said)


@router.post("/verify/document", response=AnswerOut, summary="Check a paper sent as a file")
def verify_document(
    request: HttpRequest, file: File[UploadedFile], case_id: Form[str] = "", purpose: Form[str] = ""
) -> Verification:
    who = caller(request)
    admit(request, who)
    return queries.verify_document(who=who, content=read_paper(file), **_purpose(who, case_id[:40], purpose[:100]))


def read_paper(file: UploadedFile) -> bytes:
    """The upload's bytes; Invalid when it is larger than any paper sealed here."""
    if file.size is None or file.size > LARGEST_PAPER:
        raise Invalid("licence.paper.size", msgid("No licence is that large. Send the PDF as it was downloaded."))
    return bytes(file.read())


@router.get("/status/{part}", summary="Signed status list")
def status_list(request: HttpRequest, part: int) -> HttpResponse:
    token = queries.status_list(who=caller(request), part=part)
    return HttpResponse(token, content_type="application/statuslist+jwt")


@router.get("/mine", response=OwnLicencePage, summary="The caller's own licences")
def mine(request: HttpRequest, cursor: str | None = None) -> Any:
    who = caller(request)
    return _page(queries.licences_of(who=who, subject_id=who.subject_id or "", cursor=cursor))


@router.get("/", response=LicencePage, summary="Licences that the caller's department issued")
def list_licences(request: HttpRequest, state: LicenceState | None = None, cursor: str | None = None) -> Any:
    who = caller(request)
    return _page(queries.list_licences(who=who, department=who.department or "", state=state, cursor=cursor))


@router.get("/{licence_id}", response=LicenceOut, summary="One licence")
def licence_by_id(request: HttpRequest, licence_id: str) -> Licence:
    return queries.licence_by_id(who=caller(request), licence_id=licence_id)


@router.get("/{licence_id}/credential", summary="The credential, with only the fields named in `show`")
def credential(request: HttpRequest, licence_id: str, show: str = "") -> dict[str, str]:
    names = tuple(name for name in show.split(",") if name)[:50]
    return {"credential": queries.credential_of(who=caller(request), licence_id=licence_id, names=names)}


@router.post("/{licence_id}/suspend", response=LicenceOut, summary="Stop a licence for now")
def suspend(request: HttpRequest, licence_id: str, said: ReasonIn) -> Licence:
    return actions.suspend_licence(who=caller(request), licence_id=licence_id, **said.dict())


@router.post("/{licence_id}/resume", response=LicenceOut, summary="Let a suspended licence hold again")
def resume(request: HttpRequest, licence_id: str, said: ReasonIn) -> Licence:
    return actions.resume_licence(who=caller(request), licence_id=licence_id, **said.dict())


@router.post("/{licence_id}/revoke", response=LicenceOut, summary="End a licence for good")
def revoke(request: HttpRequest, licence_id: str, said: ReasonIn) -> Licence:
    return actions.revoke_licence(who=caller(request), licence_id=licence_id, **said.dict())


@router.post("/{licence_id}/renew", response=LicenceOut, summary="Issue the next version with another last day")
def renew(request: HttpRequest, licence_id: str, said: RenewIn) -> Licence:
    return actions.renew_licence(who=caller(request), licence_id=licence_id, key=_key(request), **said.dict())


@router.get("/{licence_id}/copies", response=list[CopyOut], summary="Use copies of the caller's own licence")
def copies(request: HttpRequest, licence_id: str) -> Any:
    return queries.copies_of(who=caller(request), licence_id=licence_id)


@router.post("/{licence_id}/copies", response=CopyOut, summary="Order a use copy")
def order_copy(request: HttpRequest, licence_id: str, said: CopyIn) -> Any:
    return actions.order_copy(who=caller(request), licence_id=licence_id, key=_key(request), **said.dict())


@router.post("/copies/{copy_id}/revoke", response=CopyOut, summary="Take a use copy back")
def revoke_copy(request: HttpRequest, copy_id: str) -> Any:
    return actions.revoke_copy(who=caller(request), copy_id=copy_id)
