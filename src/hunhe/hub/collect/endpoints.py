"""HTTP: `/api/v1/collect/…`."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Header, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hunhe.hub.collect import actions, queries
from hunhe.hub.collect.shapes import Batch, Dataset
from hunhe.hub.collect.uploading import MOST_PIECE
from hunhe.ui.callers import caller

router = Router()
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=120)]


class ConnectionIn(Schema):
    kind: str = Field(max_length=20)
    location: str = Field(min_length=1, max_length=500)
    secret: str = Field("", max_length=500)


class ConnectionOut(Schema):
    name: str
    kind: str
    location: str
    has_secret: bool
    set_at: datetime


class DatasetOut(Schema):
    id: str
    department: str
    system: str
    name: str
    kind: str
    connection: str
    mode: str
    cycle: str
    key: list[str]
    threshold: float
    fields: list[dict[str, Any]]


class DatasetPage(Schema):
    items: list[DatasetOut]
    next: str | None


class BatchOut(Schema):
    id: str
    dataset: str
    department: str
    seq: int
    state: str
    origin: str
    delivery: str
    digest: str
    times_sent: int
    attempts: int
    source_rows: int | None
    landed: int | None
    checked: int | None
    loaded: int | None
    quarantined: int | None
    duplicates: int | None
    added: int | None
    changed: int | None
    removed: int | None
    difference: int | None
    version: int | None
    same_as: str | None
    failure: str
    failure_message: str
    failure_detail: dict[str, Any]
    started_at: datetime
    interrupted_at: datetime | None
    finished_at: datetime | None


class BatchPage(Schema):
    items: list[BatchOut]
    next: str | None


class UploadIn(Schema):
    name: str = Field(min_length=1, max_length=200)
    size: int = Field(gt=0)
    digest: str = Field(min_length=64, max_length=64)


class UploadOut(Schema):
    """received: bytes on disk, from where to go on. state: open, closed or refused."""

    id: str
    dataset: str
    name: str
    size: int
    digest: str
    received: int
    state: str
    batch: str
    most_piece: int = MOST_PIECE


class ContractIn(Schema):
    """The whole new contract as its file would say it; none: the same one fits the columns as they are now."""

    contract: dict[str, Any] | None = None


class QuarantineOut(Schema):
    rule: str
    field: str
    title: str
    rows: int
    department: str
    correction: str | None


class QuarantinedRowOut(Schema):
    line: int
    rule: str
    field: str
    reasons: list[tuple[str, str]]
    values: dict[str, str]
    hint: str


class CorrectionIn(Schema):
    rule: str = Field(min_length=1, max_length=80)
    field: str = Field("", max_length=120)
    lines: list[int] = Field(default_factory=list, max_length=200)


class CorrectionOut(Schema):
    case: str
    number: str
    due_at: datetime | None


class QuarantinedRowPage(Schema):
    items: list[QuarantinedRowOut]
    next: str | None


@router.put("/connections/{name}", response=ConnectionOut)
def set_connection(request: HttpRequest, name: str, body: ConnectionIn) -> ConnectionOut:
    """Say where a contract's system is reached. The secret is sealed and never shown again; an empty one keeps the old."""
    made = actions.set_connection(who=caller(request), name=name, kind=body.kind, location=body.location, secret=body.secret)
    return ConnectionOut(**asdict(made))


@router.get("/connections", response=list[ConnectionOut])
def list_connections(request: HttpRequest, department: str | None = None) -> list[ConnectionOut]:
    """Where your department's systems are reached."""
    return [ConnectionOut(**asdict(found)) for found in queries.list_connections(who=caller(request), department=department)]


@router.get("/datasets", response=DatasetPage)
def list_datasets(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> DatasetPage:
    """Contracts, by id."""
    page = queries.list_datasets(who=caller(request), department=department, cursor=cursor)
    return DatasetPage(items=[_dataset(found) for found in page.items], next=page.next)


@router.get("/datasets/{dataset}", response=DatasetOut)
def dataset_by_id(request: HttpRequest, dataset: str) -> DatasetOut:
    """One contract with its fields."""
    return _dataset(queries.dataset_by_id(who=caller(request), dataset=dataset))


@router.post("/datasets/{dataset}/collect", response={202: BatchOut})
def collect_now(request: HttpRequest, dataset: str, idempotency_key: Key = None) -> Status[BatchOut]:
    """Fetch the dataset from its source now. 202 with the batch; the same `Idempotency-Key` gives the same batch."""
    return Status(202, _batch(actions.collect_now(who=caller(request), dataset=dataset, key=idempotency_key)))


@router.post("/datasets/{dataset}/files", response={202: BatchOut})
def receive_file(
    request: HttpRequest,
    dataset: str,
    file: File[UploadedFile],
    idempotency_key: Key = None,
) -> Status[BatchOut]:
    """Send a CSV, Excel, JSON or Parquet file of the dataset. 202 with the batch; the same bytes give the same batch."""
    made = actions.receive_file(
        who=caller(request), dataset=dataset, name=file.name or "file", stream=file, key=idempotency_key
    )
    return Status(202, _batch(made))


@router.post("/datasets/{dataset}/contract/accept", response={202: BatchOut})
def accept_contract(request: HttpRequest, dataset: str, body: ContractIn) -> Status[BatchOut]:
    """Accept how the source's columns have changed. 202 with the batch that goes on."""
    return Status(202, _batch(actions.accept_contract(who=caller(request), dataset=dataset, contract=body.contract)))


@router.post("/datasets/{dataset}/uploads", response={201: UploadOut})
def open_upload(request: HttpRequest, dataset: str, body: UploadIn) -> Status[UploadOut]:
    """Begin to send a file in pieces, with the token of the department's system. The same file again: go on where it stopped."""
    made = actions.open_upload(who=caller(request), dataset=dataset, name=body.name, size=body.size, digest=body.digest)
    return Status(201, UploadOut(**asdict(made)))


@router.get("/uploads/{upload}", response=UploadOut)
def upload_by_id(request: HttpRequest, upload: str) -> UploadOut:
    """How much of a file is here."""
    return UploadOut(**asdict(queries.upload_by_id(who=caller(request), upload=upload)))


@router.put("/uploads/{upload}/pieces/{offset}", response=UploadOut)
def add_piece(request: HttpRequest, upload: str, offset: int, digest: str) -> UploadOut:
    """Send the bytes from `offset` on, as the body; `digest`: of these bytes, hex. On disk before the answer; sent again, no harm."""
    piece = request.read(MOST_PIECE + 1)
    return UploadOut(**asdict(actions.add_piece(who=caller(request), upload=upload, offset=offset, piece=piece, digest=digest)))


@router.post("/uploads/{upload}/close", response={202: BatchOut})
def close_upload(request: HttpRequest, upload: str) -> Status[BatchOut]:
    """All pieces are sent. 202 with the batch; closed again, the same batch."""
    return Status(202, _batch(actions.close_upload(who=caller(request), upload=upload)))


@router.get("/batches", response=BatchPage)
def list_batches(
    request: HttpRequest, department: str | None = None, dataset: str | None = None, cursor: str | None = None
) -> BatchPage:
    """Batches, newest first."""
    page = queries.list_batches(who=caller(request), department=department, dataset=dataset, cursor=cursor)
    return BatchPage(items=[_batch(found) for found in page.items], next=page.next)


@router.get("/batches/{batch}", response=BatchOut)
def batch_by_id(request: HttpRequest, batch: str) -> BatchOut:
    """One batch with its counts. `difference` is 0 when source = loaded + quarantined + duplicates."""
    return _batch(queries.batch_by_id(who=caller(request), batch_id=batch))


@router.get("/batches/{batch}/quarantine", response=list[QuarantineOut])
def quarantine_summary(request: HttpRequest, batch: str) -> list[QuarantineOut]:
    """Why rows of the batch were held back, most first. Each row counts once."""
    return [QuarantineOut(**asdict(found)) for found in queries.quarantine_summary(who=caller(request), batch_id=batch)]


@router.get("/batches/{batch}/quarantine/rows", response=QuarantinedRowPage)
def quarantined_rows(
    request: HttpRequest, batch: str, rule: str, field: str = "", cursor: str | None = None
) -> QuarantinedRowPage:
    """Rows held back by one rule, by line. Personal values are masked."""
    page = queries.quarantined_rows(who=caller(request), batch_id=batch, rule=rule, field=field, cursor=cursor)
    items = [
        QuarantinedRowOut(
            line=row.line, rule=row.rule, field=row.field, reasons=list(row.reasons), values=dict(row.values), hint=row.hint
        )
        for row in page.items
    ]
    return QuarantinedRowPage(items=items, next=page.next)


@router.post("/batches/{batch}/corrections", response={201: CorrectionOut})
def open_correction(request: HttpRequest, batch: str, body: CorrectionIn) -> Status[CorrectionOut]:
    """Send rows back to their source: one line, or all rows of the batch that broke the rule."""
    who = caller(request)
    dataset = queries.batch_by_id(who=who, batch_id=batch).dataset
    case = actions.open_correction(
        who=who, dataset=dataset, rule=body.rule, lines=tuple(body.lines), batch_id=batch, field=body.field
    )
    return Status(201, CorrectionOut(case=case.id, number=case.number, due_at=case.due_at))


def _batch(batch: Batch) -> BatchOut:
    return BatchOut(**asdict(batch), difference=batch.difference)


def _dataset(found: Dataset) -> DatasetOut:
    return DatasetOut(
        id=found.id,
        department=found.department,
        system=found.system,
        name=found.name,
        kind=found.kind,
        connection=found.connection,
        mode=found.mode,
        cycle=found.cycle,
        key=list(found.key),
        threshold=found.threshold,
        fields=[
            {
                "name": field.name,
                "title": field.title,
                "type": field.type,
                "required": field.required,
                "sensitive": field.sensitive,
            }
            for field in found.fields
        ],
    )
