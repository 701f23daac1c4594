"""`/api/v1/service/`."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Header, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from hunhe.networks.service import actions, queries
from hunhe.ui.callers import caller

router = Router()
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100)]
Word = Annotated[str, Field(min_length=1, max_length=48)]
Answers = Annotated[dict[Word, Annotated[str, Field(max_length=48)]], Field(default_factory=dict, max_length=40)]
Values = Annotated[dict[Word, Annotated[str, Field(max_length=300)]], Field(default_factory=dict, max_length=100)]
Rev = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ItemOut(Schema):
    code: str
    version: str
    name: str
    short_name: str
    department: str
    summary: str
    kind: str
    promised: int
    statutory: int
    visits: int
    online_capable: bool
    fully_online: bool


class RatesOut(Schema):
    items: int
    online_capable: int
    fully_online: int


class QuestionOut(Schema):
    id: str
    name: str
    options: list[tuple[str, str]]
    answer: str


class VerdictOut(Schema):
    condition: str
    name: str
    met: bool | None
    says: str
    day: date | None


class MaterialOut(Schema):
    id: str
    name: str
    necessity: str
    met_by: str
    grade: str | None
    proof: str
    state: str
    note: str


class GuideOut(Schema):
    card: ItemOut
    questions: list[QuestionOut]
    verdicts: list[VerdictOut]
    materials: list[MaterialOut]
    answers: dict[str, str]
    qualifies: bool | None
    basis: str
    audience: str
    area: str
    result: str
    remedy: str


class ValueOut(Schema):
    value: str
    grade: str
    source: str
    as_of: str


class DisputeOut(Schema):
    value: str
    source: str
    case_id: str
    number: str


class LineOut(Schema):
    id: str
    name: str
    kind: str
    group: str
    required: bool
    editable: bool
    options: list[tuple[str, str, str]]
    value: ValueOut | None
    gap: int
    disputable: bool
    dispute: DisputeOut | None


class DraftOut(Schema):
    id: str
    item: str
    version: str
    name: str
    state: str
    answers: dict[str, str]
    lines: list[LineOut]
    materials: list[MaterialOut]
    prefilled: bool
    filled: int
    gaps: int
    case_id: str | None
    saved_at: datetime


class RatingOut(Schema):
    case_id: str
    number: str
    stars: int
    reasons: list[tuple[str, str]]
    comment: str
    at: datetime
    callback: str
    result: str
    handed_by: str


class RatingPage(Schema):
    items: list[RatingOut]
    next: str | None


class ApplicationOut(Schema):
    case_id: str
    number: str
    item: str
    version: str
    name: str
    department: str
    applicant: str
    channel: str
    lines: list[LineOut]
    materials: list[MaterialOut]
    sent_at: datetime
    remedy: str
    rating: RatingOut | None


class SheetOut(Schema):
    item: str
    applicant: str
    lines: list[LineOut]
    materials: list[MaterialOut]
    unfit: str


class MovedOut(Schema):
    id: str
    number: str
    stage: str
    stage_name: str
    state: str
    outcome: str
    due_at: datetime | None
    rev: int


class GuideIn(Schema):
    answers: Answers


class StartIn(Schema):
    item: Word
    answers: Answers
    prefill: bool = False


class SaveIn(Schema):
    values: Values
    promises: dict[Word, bool] = Field(default_factory=dict, max_length=40)


class DisputeIn(Schema):
    field: Word
    value: str = Field(min_length=1, max_length=300)
    explanation: str = Field(default="", max_length=400)


class SheetIn(Schema):
    item: Word
    name: str = Field(min_length=1, max_length=100)
    id_number: str = Field(min_length=1, max_length=32)
    answers: Answers
    spoken_consent: bool = False


class TakeInIn(SheetIn):
    values: Values
    seen: list[Word] = Field(default_factory=list, max_length=60)


class CheckIn(Schema):
    fits: bool
    note: str = Field(default="", max_length=300)


class MoveIn(Schema):
    move: Word
    rev: Rev
    facts: dict[str, Any] = Field(default_factory=dict, max_length=100)
    note: str = Field(default="", max_length=2000)


class CorrectIn(Schema):
    rev: Rev
    values: Values
    shown: dict[Word, bool] = Field(default_factory=dict, max_length=60)
    note: str = Field(default="", max_length=2000)


class RateIn(Schema):
    stars: int = Field(ge=1, le=5)
    reasons: list[Word] = Field(default_factory=list, max_length=20)
    comment: str = Field(default="", max_length=500)


@router.get("/items", response=list[ItemOut])
def list_items(request: HttpRequest, text: str = "") -> Any:
    """What one can apply for, by name or key word."""
    return queries.list_items(who=caller(request), text=text)


@router.get("/online-rates", response=RatesOut)
def online_rates(request: HttpRequest) -> Any:
    """How many items can be applied for online, and how many need no visit; computed."""
    return queries.online_rates(who=caller(request))


@router.post("/items/{item}/guide", response=GuideOut)
def guide(request: HttpRequest, item: str, body: GuideIn) -> Any:
    """Whether the caller qualifies and what they need, from their answers."""
    return queries.guide(who=caller(request), item=item, answers=body.answers)


@router.post("/drafts", response=DraftOut)
def start_draft(request: HttpRequest, body: StartIn) -> Any:
    """Begin, or take up again; `prefill` lets the city fill in what it knows."""
    return _draft(actions.start_draft(who=caller(request), item=body.item, answers=body.answers, prefill=body.prefill))


@router.get("/drafts/{draft_id}", response=DraftOut)
def read_draft(request: HttpRequest, draft_id: str) -> Any:
    """One draft of the caller's own."""
    return _draft(queries.draft_by_id(who=caller(request), draft_id=draft_id))


@router.post("/drafts/{draft_id}", response=DraftOut)
def save_draft(request: HttpRequest, draft_id: str, body: SaveIn) -> Any:
    """Keep lines and promises."""
    return _draft(actions.save_draft(who=caller(request), draft_id=draft_id, values=body.values, promises=body.promises))


@router.post("/drafts/{draft_id}/files/{material}", response=DraftOut)
def attach_file(request: HttpRequest, draft_id: str, material: str, file: File[UploadedFile]) -> Any:
    """Hand in a file for a material."""
    return _draft(
        actions.attach_file(
            who=caller(request), draft_id=draft_id, material=material, name=file.name or "", stream=file.file or file
        )
    )


@router.post("/drafts/{draft_id}/disputes", response=DraftOut)
def dispute_value(request: HttpRequest, draft_id: str, body: DisputeIn) -> Any:
    """Say that a register has a line wrong; go on with your own word and a paper to prove it."""
    return _draft(
        actions.dispute_value(
            who=caller(request), draft_id=draft_id, field=body.field, value=body.value, explanation=body.explanation
        )
    )


@router.delete("/drafts/{draft_id}", response={204: None})
def discard_draft(request: HttpRequest, draft_id: str) -> Any:
    """Throw a draft away."""
    actions.discard_draft(who=caller(request), draft_id=draft_id)
    return 204, None


@router.post("/drafts/{draft_id}/submit", response=ApplicationOut)
def submit_draft(request: HttpRequest, draft_id: str, key: Key) -> Any:
    """Send it; the same draft is one case, however often it is sent."""
    return actions.submit_draft(who=caller(request), draft_id=draft_id, key=key)


@router.post("/counter/sheet", response=SheetOut)
def counter_sheet(request: HttpRequest, body: SheetIn) -> Any:
    """What the bases know of a person at the counter who said yes."""
    return actions.open_counter_sheet(
        who=caller(request),
        item=body.item,
        name=body.name,
        id_number=body.id_number,
        answers=body.answers,
        spoken_consent=body.spoken_consent,
    )


@router.post("/counter", response=ApplicationOut)
def take_in(request: HttpRequest, body: TakeInIn, key: Key) -> Any:
    """Take an application in at the counter."""
    return actions.take_in(
        who=caller(request),
        item=body.item,
        name=body.name,
        id_number=body.id_number,
        answers=body.answers,
        values=body.values,
        seen=body.seen,
        spoken_consent=body.spoken_consent,
        key=key,
    )


@router.get("/applications/{case_id}", response=ApplicationOut)
def read_application(request: HttpRequest, case_id: str) -> Any:
    """What was applied for, with sources and materials."""
    return queries.application_by_case(who=caller(request), case_id=case_id)


@router.post("/applications/{case_id}/materials/{material}", response=ApplicationOut)
def check_material(request: HttpRequest, case_id: str, material: str, body: CheckIn) -> Any:
    """Write down that a material fits or what is wrong with it."""
    who = caller(request)
    actions.check_material(who=who, case_id=case_id, material=material, fits=body.fits, note=body.note)
    return queries.application_by_case(who=who, case_id=case_id)


@router.post("/applications/{case_id}/moves", response=MovedOut)
def move_application(request: HttpRequest, case_id: str, body: MoveIn, key: Key) -> Any:
    """Take a step; accepting needs checked materials, asking for corrections tells all gaps found."""
    return actions.move_application(
        who=caller(request),
        case_id=case_id,
        move=body.move,
        expected_version=body.rev,
        facts=body.facts,
        note=body.note,
        key=key,
    )


@router.post("/applications/{case_id}/files/{material}", response=ApplicationOut)
def attach_correction(request: HttpRequest, case_id: str, material: str, file: File[UploadedFile]) -> Any:
    """Hand in again what was found wanting."""
    who = caller(request)
    actions.attach_correction(who=who, case_id=case_id, material=material, name=file.name or "", stream=file.file or file)
    return queries.application_by_case(who=who, case_id=case_id)


@router.post("/applications/{case_id}/correction", response=MovedOut)
def correct_application(request: HttpRequest, case_id: str, body: CorrectIn, key: Key) -> Any:
    """Send the corrections."""
    return actions.correct_application(
        who=caller(request),
        case_id=case_id,
        expected_version=body.rev,
        values=body.values,
        shown=body.shown,
        note=body.note,
        key=key,
    )


@router.post("/applications/{case_id}/rating", response=RatingOut)
def rate_case(request: HttpRequest, case_id: str, body: RateIn) -> Any:
    """Rate what is done, once."""
    return actions.rate_case(who=caller(request), case_id=case_id, stars=body.stars, reasons=body.reasons, comment=body.comment)


@router.post("/applications/{case_id}/rating/counter", response=RatingOut)
def rate_at_counter(request: HttpRequest, case_id: str, body: RateIn) -> Any:
    """What somebody without a phone said on the screen handed over at the counter."""
    return actions.rate_at_counter(
        who=caller(request), case_id=case_id, stars=body.stars, reasons=body.reasons, comment=body.comment
    )


@router.get("/ratings", response=RatingPage)
def list_ratings(request: HttpRequest, stars: int | None = None, cursor: str | None = None) -> Any:
    """Ratings of the caller's department, newest first."""
    return queries.list_ratings(who=caller(request), stars=stars, cursor=cursor)


def _draft(draft: Any) -> dict[str, Any]:
    return asdict(draft) | {"filled": draft.filled, "gaps": draft.gaps}
