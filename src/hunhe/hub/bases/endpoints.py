"""HTTP: `/api/v1/bases/…`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from hunhe.hub.bases import actions, queries
from hunhe.hub.bases.shapes import MergeState
from hunhe.kernel.flow.shapes import Case
from hunhe.ui.callers import caller

router = Router()


class BuildOut(Schema):
    id: str
    base: str
    state: str
    inputs: dict[str, int | None]
    tables: dict[str, int]
    subjects: int
    new_subjects: int
    rows: dict[str, int]
    links: dict[str, int]
    states: dict[str, int]
    failures: dict[str, int]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class BuildPage(Schema):
    items: list[BuildOut]
    next: str | None


class CountsOut(Schema):
    base: str
    name: str
    subjects: int
    rows: dict[str, int]
    links: dict[str, int]
    states: dict[str, int]
    build: BuildOut | None


class LinkOut(Schema):
    dataset: str
    key: str
    subject_id: str
    how: str
    evidence: float | None


class LinkPage(Schema):
    items: list[LinkOut]
    next: str | None


class SourceOut(Schema):
    dataset: str
    key: str
    batch: str
    line: int
    as_of: str
    grade: str


class LoserOut(Schema):
    value: str
    source: SourceOut
    reason: str


class FieldOut(Schema):
    name: str
    title: str
    value: str
    source: SourceOut | None
    reason: str
    losers: list[LoserOut]


class GoldenOut(Schema):
    base: str
    subject_id: str
    status: str
    fields: list[FieldOut]
    links: list[LinkOut]
    asked_as: str | None


class BatchOut(Schema):
    id: str
    dataset: str
    department: str
    origin: str
    digest: str
    started_at: datetime


class TraceOut(Schema):
    field: FieldOut
    batches: list[BatchOut]


class MergeOut(Schema):
    id: str
    base: str
    kind: str
    subject_id: str
    other: str
    reason: str
    state: str
    proposed_by: str
    decided_by: str
    proposed_at: datetime
    decided_at: datetime | None


class MergePage(Schema):
    items: list[MergeOut]
    next: str | None


class FindIn(Schema):
    number: str = Field(min_length=1, max_length=40)


class FoundOut(Schema):
    subject_id: str | None


class RowIn(Schema):
    dataset: str = Field(max_length=160)
    key: str = Field(max_length=300)


class MergeIn(Schema):
    subject_id: str = Field(max_length=40)
    other: str = Field("", max_length=40)
    rows: list[RowIn] = Field(default_factory=list, max_length=200)
    reason: str = Field(min_length=1, max_length=500)


class DecisionIn(Schema):
    approve: bool


class RealNameIn(Schema):
    name: str = Field(min_length=1, max_length=100)
    id_number: str = Field(min_length=1, max_length=40)


class LevelOut(Schema):
    level: int


class QuestionIn(Schema):
    field: str = Field(max_length=60)
    explanation: str = Field(min_length=1, max_length=500)


class QuestionOut(Schema):
    case_id: str
    number: str
    field: str
    stage: str
    stage_name: str
    state: str

    @classmethod
    def of(cls, case: Case) -> "QuestionOut":
        field = str(case.facts.get("field", ""))
        return cls(
            case_id=case.id, number=case.number, field=field, stage=case.stage, stage_name=case.stage_name, state=case.state
        )


class QuestionsOut(Schema):
    items: list[QuestionOut]


@router.get("/own", response=GoldenOut)
def own(request: HttpRequest) -> dict[str, Any]:
    """What is on record about the caller, field by field, with sources and the values that lost."""
    who = caller(request)
    return asdict(queries.own_subject(who=who, subject_id=who.subject_id or ""))


@router.get("/questions", response=QuestionsOut)
def questions(request: HttpRequest) -> QuestionsOut:
    """The newest correction of each field that the caller has questioned."""
    who = caller(request)
    found = queries.own_questions(who=who, subject_id=who.subject_id or "")
    return QuestionsOut(items=[QuestionOut.of(case) for case in found.values()])


@router.post("/questions", response=QuestionOut)
def question(request: HttpRequest, body: QuestionIn) -> QuestionOut:
    """“This is not right”: opens a correction at the department whose value stands; one a field while it runs."""
    who = caller(request)
    case = actions.question_field(who=who, subject_id=who.subject_id or "", field=body.field, explanation=body.explanation)
    return QuestionOut.of(case)


@router.post("/real-name", response=LevelOut)
def confirm_real_name(request: HttpRequest, body: RealNameIn) -> dict[str, int]:
    """Raise the caller's account to level 2 when name and number agree with the population base."""
    return {"level": actions.confirm_real_name(who=caller(request), name=body.name, id_number=body.id_number)}


@router.get("/builds/{build_id}", response=BuildOut)
def build_by_id(request: HttpRequest, build_id: str) -> dict[str, Any]:
    return asdict(queries.build_by_id(who=caller(request), build_id=build_id))


@router.post("/merges/{merge_id}/decision", response=MergeOut)
def decide_merge(request: HttpRequest, merge_id: str, body: DecisionIn) -> dict[str, Any]:
    return asdict(actions.decide_merge(who=caller(request), merge_id=merge_id, approve=body.approve))


@router.get("/", response=list[CountsOut])
def list_bases(request: HttpRequest) -> list[dict[str, Any]]:
    return [asdict(found) for found in queries.list_bases(who=caller(request))]


@router.get("/{base}", response=CountsOut)
def counts(request: HttpRequest, base: str) -> dict[str, Any]:
    return asdict(queries.counts(who=caller(request), base=base))


@router.post("/{base}/builds", response={202: BuildOut})
def build(request: HttpRequest, base: str) -> Status[dict[str, Any]]:
    return Status(202, asdict(actions.build(who=caller(request), base=base)))


@router.get("/{base}/builds", response=BuildPage)
def list_builds(request: HttpRequest, base: str, cursor: str | None = None) -> dict[str, Any]:
    return asdict(queries.list_builds(who=caller(request), base=base, cursor=cursor))


@router.get("/{base}/links", response=LinkPage)
def list_links(request: HttpRequest, base: str, cursor: str | None = None, size: int = 100) -> dict[str, Any]:
    return asdict(queries.list_links(who=caller(request), base=base, cursor=cursor, size=size))


@router.post("/{base}/find", response=FoundOut)
def find_subject(request: HttpRequest, base: str, body: FindIn) -> dict[str, str | None]:
    """The number travels in the body, so that it stands in no address and no access log."""
    return {"subject_id": queries.subject_by_id_number(who=caller(request), base=base, number=body.number)}


@router.get("/{base}/subjects/{subject_id}", response=GoldenOut)
def subject(request: HttpRequest, base: str, subject_id: str) -> dict[str, Any]:
    return asdict(queries.subject(who=caller(request), base=base, subject_id=subject_id))


@router.get("/{base}/subjects/{subject_id}/fields/{field}", response=TraceOut)
def trace_field(request: HttpRequest, base: str, subject_id: str, field: str) -> dict[str, Any]:
    traced, batches = queries.trace_field(who=caller(request), base=base, subject_id=subject_id, field=field)
    return {"field": asdict(traced), "batches": [asdict(batch) for batch in batches]}


@router.post("/{base}/merges", response={201: MergeOut})
def propose_merge(request: HttpRequest, base: str, body: MergeIn) -> Status[dict[str, Any]]:
    """With `other`: that both are one. With `rows`: that these are somebody else. With neither: undo the merge of an alias."""
    who = caller(request)
    if body.other:
        made = actions.merge_subjects(who=who, base=base, subject_id=body.subject_id, other=body.other, reason=body.reason)
    else:
        rows = tuple((row.dataset, row.key) for row in body.rows)
        made = actions.unmerge_subject(who=who, base=base, subject_id=body.subject_id, rows=rows, reason=body.reason)
    return Status(201, asdict(made))


@router.get("/{base}/merges", response=MergePage)
def list_merges(request: HttpRequest, base: str, state: MergeState | None = None, cursor: str | None = None) -> dict[str, Any]:
    return asdict(queries.list_merges(who=caller(request), base=base, state=state, cursor=cursor))
