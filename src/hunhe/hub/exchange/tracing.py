"""Following one call back to where its values came from."""

from hunhe.hub.bases import queries as bases
from hunhe.hub.bases.shapes import FieldSource, Golden
from hunhe.hub.collect import queries as collect
from hunhe.hub.collect.shapes import Batch
from hunhe.hub.exchange import models
from hunhe.hub.exchange.rules.masking import kind_of
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import ColumnChoice, Receipt, Service, SourceBatch, SourceRow, Trace, TracedField
from hunhe.hub.exchange.telling import call_shape, titles
from hunhe.hub.lake import queries as lake
from hunhe.kernel.audit import queries as audit
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who


def trace_call(row: models.Call, who: Who) -> Trace:
    """Receipt, call, and for each column about somebody the source row that won, with its batch; of an answer from a department's
    table also the batch that brought in the version it was read from. What cannot be followed is a gap, named.
    """
    asker = Who.system("exchange", on_behalf_of=who.id)
    receipt = audit.receipt(who=asker, entry_id=row.entry_id)
    service = find_service(row.service) if row.service else None
    gaps: list[str] = []
    fields: tuple[TracedField, ...] = ()
    origin: SourceBatch | None = None
    if service is None:
        gaps += ["service_gone"] if row.service else []
    elif row.outcome == "given":
        if row.subject_id is not None:
            fields, gaps = _fields(row, service, asker)
        if not _is_golden(service):
            origin = _origin(row, service, asker)
            gaps += [] if origin is not None else ["batch_gone"]
    return Trace(
        receipt=Receipt(receipt.entry_id, receipt.leaf_hash, receipt.index, receipt.checkpoint),
        call=call_shape(row),
        base=service.subject_base if service is not None else None,
        fields=fields,
        gaps=tuple(gaps),
        origin=origin,
    )


def _is_golden(service: Service) -> bool:
    return service.table == f"base.{service.subject_base}"


def _origin(row: models.Call, service: Service, asker: Who) -> SourceBatch | None:
    batch = collect.batch_of_version(who=asker, dataset=service.table, version=row.version) if row.version is not None else None
    if batch is None:
        return None
    return SourceBatch(service.table, batch.version or 0, batch.id, batch.department, batch.started_at, batch.digest)


def _fields(row: models.Call, service: Service, asker: Who) -> tuple[tuple[TracedField, ...], list[str]]:
    """Golden tables are followed field by field, other tables by the row itself."""
    gaps = [] if row.version == lake.served_version(who=asker, table=service.table) else ["newer_version"]
    try:
        golden = bases.subject(who=asker, base=service.subject_base or "", subject_id=row.subject_id or "")
    except HunheError:
        return (), [*gaps, "subject_gone"]
    if _is_golden(service):
        return _golden_fields(row, service, golden, asker), gaps
    source = _row_of(service, golden, asker)
    if source is None:
        return (), [*gaps, "row_gone"]
    return tuple(_field(row, service, name, source) for name in (*row.given, *row.masked)), gaps


def _golden_fields(row: models.Call, service: Service, golden: Golden, asker: Who) -> tuple[TracedField, ...]:
    known = {field.name: field for field in golden.fields}
    batches = _Batches(asker)
    found = []
    for name in (*row.given, *row.masked):
        field = known.get(name)
        source = batches.source(field.source) if field is not None and field.source is not None else None
        losers = tuple(batches.source(loser.source) for loser in field.losers) if field is not None else ()
        found.append(_field(row, service, name, source, field.reason if field is not None else "", losers))
    return tuple(found)


def _field(
    row: models.Call,
    service: Service,
    name: str,
    source: SourceRow | None,
    reason: str = "",
    losers: tuple[SourceRow, ...] = (),
) -> TracedField:
    choice: ColumnChoice = "give" if name in row.given else "mask"
    return TracedField(name, titles(service, [name])[0], choice, source, reason, losers)


def _row_of(service: Service, golden: Golden, asker: Who) -> SourceRow | None:
    """The row of a department's table about this subject, by the number that the golden record holds."""
    column = service.subject_key
    if column is None:
        return None
    number = golden.subject_id
    if column != "subject_id":
        kind = kind_of(column)
        number = next((field.value for field in golden.fields if kind_of(field.name) == kind), "")
    try:
        rows = lake.lookup(who=asker, table=service.table, key=column, value=number, columns=("_key", "_batch", "_line"))
    except HunheError:
        return None
    if not rows:
        return None
    key, batch, line = str(rows[0]["_key"]), str(rows[0]["_batch"]), int(rows[0]["_line"])
    return _Batches(asker).source(FieldSource(dataset=service.table, key=key, batch=batch, line=line, as_of="", grade=""))


class _Batches:
    """Batches asked for once each."""

    def __init__(self, asker: Who) -> None:
        self._asker = asker
        self._known: dict[str, Batch | None] = {}

    def source(self, place: FieldSource) -> SourceRow:
        if place.batch not in self._known:
            self._known[place.batch] = self._ask(place.batch)
        batch = self._known[place.batch]
        return SourceRow(
            dataset=place.dataset,
            key=place.key,
            batch=place.batch,
            line=place.line,
            department=batch.department if batch is not None else "",
            arrived_at=batch.started_at if batch is not None else None,
            digest=batch.digest if batch is not None else "",
        )

    def _ask(self, batch_id: str) -> Batch | None:
        try:
            return collect.batch_by_id(who=self._asker, batch_id=batch_id)
        except HunheError:
            return None
