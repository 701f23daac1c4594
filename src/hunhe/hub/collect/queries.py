"""Looking at collection: contracts, batches, what was held back and why."""

from django.db.models import OuterRef, Subquery

from hunhe.hub.collect import content, models, rights, rules, store, uploading
from hunhe.hub.collect.contract import read_contract
from hunhe.hub.collect.shapes import Batch, Connection, Dataset, QuarantineCount, QuarantinedRow, Upload
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 50
SEE = "collect.may_see_batches"


@door(may=SEE, scope=Scope.CITY)
def dataset_by_id(*, who: Who, dataset: str) -> Dataset:
    """A dataset's contract."""
    contract = store.dataset(dataset)
    rights.within(who, contract.department)
    return contract


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def contracts(*, who: Who) -> tuple[Dataset, ...]:
    """All contracts of the content at hand: while a city is checked, those of the files being checked."""
    return content.contracts()


@door(may=SEE, scope=Scope.DEPARTMENT)
def list_datasets(*, who: Who, department: str | None = None, cursor: str | None = None) -> Page[Dataset]:
    """Contracts by id."""
    rows = models.Dataset.objects.order_by("id")
    if (limit := rights.default_department(who, department)) is not None:
        rows = rows.filter(department=limit)
    if cursor:
        rows = rows.filter(id__gt=decode_cursor(cursor, 1)[0])
    return Page.of([read_contract(row.contract) for row in rows[: PAGE + 1]], PAGE, lambda dataset: (dataset.id,))


@door(may=SEE, scope=Scope.DEPARTMENT)
def list_batches(
    *, who: Who, department: str | None = None, dataset: str | None = None, cursor: str | None = None, size: int = PAGE
) -> Page[Batch]:
    """Batches, newest first."""
    size = max(1, min(size, 200))
    rows = models.Batch.objects.order_by("-id")
    if (limit := rights.default_department(who, department)) is not None:
        rows = rows.filter(department=limit)
    if dataset:
        rows = rows.filter(dataset=dataset)
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of([store.batch(row) for row in rows[: size + 1]], size, lambda batch: (batch.id,))


@door(may=SEE, scope=Scope.CITY)
def batch_by_id(*, who: Who, batch_id: str) -> Batch:
    """One batch with its counts."""
    row = store.batch_row(batch_id)
    rights.within(who, row.department)
    return store.batch(row)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def count_batches(*, who: Who) -> int:
    """Batches of all datasets, whatever became of them."""
    return models.Batch.objects.count()


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def batch_of_version(*, who: Who, dataset: str, version: int) -> Batch | None:
    """The batch that brought in one version of a dataset's table; None where no batch is known to have."""
    row = models.Batch.objects.filter(dataset=dataset, version=version, same_as=None).order_by("seq").first()
    return store.batch(row) if row is not None else None


@door(may=SEE, scope=Scope.CITY)
def neighbours(*, who: Who, batch_id: str, count: int = 14) -> tuple[Batch, ...]:
    """Up to `count` batches of the same dataset that end with this one, oldest first."""
    row = store.batch_row(batch_id)
    rights.within(who, row.department)
    before = models.Batch.objects.filter(dataset=row.dataset, seq__lte=row.seq).order_by("-seq")[:count]
    return tuple(store.batch(one) for one in reversed(before))


@door(may=SEE, scope=Scope.DEPARTMENT)
def latest_batches(*, who: Who, department: str | None = None) -> tuple[tuple[Dataset, Batch | None], ...]:
    """Each dataset with its newest batch, at most 200; two queries."""
    rows = models.Dataset.objects.order_by("department", "id")
    if (limit := rights.default_department(who, department)) is not None:
        rows = rows.filter(department=limit)
    found = list(rows[:200])
    newest = models.Batch.objects.filter(dataset=OuterRef("id")).order_by("-seq").values("id")[:1]
    ids = models.Dataset.objects.filter(id__in=[row.id for row in found]).annotate(newest=Subquery(newest)).values("newest")
    batches = {row.dataset: store.batch(row) for row in models.Batch.objects.filter(id__in=ids)}
    return tuple((read_contract(row.contract), batches.get(row.id)) for row in found)


@door(may=SEE, scope=Scope.CITY)
def quarantine_summary(*, who: Who, batch_id: str) -> tuple[QuarantineCount, ...]:
    """Why rows of a batch were held back, most first."""
    row = store.batch_row(batch_id)
    rights.within(who, row.department)
    contract = store.dataset(row.dataset)
    titles = {field.name: field.title for field in contract.fields}
    return tuple(
        QuarantineCount(
            rule=found.rule,
            field=found.field,
            title=titles.get(found.field, found.field),
            rows=found.rows,
            department=row.department,
            correction=found.correction,
        )
        for found in models.Quarantine.objects.filter(batch=batch_id).order_by("-rows", "rule", "field")
    )


@door(may=SEE, scope=Scope.CITY)
def quarantined_rows(
    *, who: Who, batch_id: str, rule: str, field: str = "", cursor: str | None = None, size: int = PAGE
) -> Page[QuarantinedRow]:
    """Rows held back by one rule on one field, by line, personal values masked."""
    batch = store.batch_row(batch_id)
    rights.within(who, batch.department)
    contract = store.dataset(batch.dataset)
    rows = models.QuarantinedRow.objects.filter(batch=batch_id, rule=rule, field=field).order_by("line")
    if cursor:
        rows = rows.filter(line__gt=decode_cursor(cursor, 1)[0])
    size = max(1, min(size, 200))
    return Page.of([_shown(row, contract) for row in rows[: size + 1]], size, lambda row: (row.line,))


@door(may=Gate.OFFICIAL, scope=Scope.CITY)
def upload_by_id(*, who: Who, upload: str) -> Upload:
    """A file on its way: how much of it is here. For its department's system or officials."""
    return uploading.shape(uploading.row_of(who, upload))


@door(may="collect.may_set_connections", scope=Scope.DEPARTMENT)
def list_connections(*, who: Who, department: str | None = None) -> tuple[Connection, ...]:
    """Where systems are reached, without their secrets."""
    rows = models.Connection.objects.order_by("name")
    if (limit := rights.default_department(who, department)) is not None:
        rows = rows.filter(department=limit)
    return tuple(
        Connection(name=row.name, kind=row.kind, location=row.location, has_secret=bool(row.secret), set_at=row.set_at)
        for row in rows[:500]
    )


def _shown(row: models.QuarantinedRow, contract: Dataset) -> QuarantinedRow:
    values = tuple((name, rules.masked(contract.field(name), str(value or ""))) for name, value in row.row.items())
    hint = ""
    if row.rule == "id_number.check":
        hint = rules.id_check_character(str(row.row.get(row.field) or ""))
    return QuarantinedRow(
        batch=row.batch,
        line=row.line,
        rule=row.rule,
        field=row.field,
        reasons=tuple((rule, field) for rule, field in row.reasons),
        values=values,
        hint=hint,
    )
