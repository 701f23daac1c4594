"""One batch from source to books: receive → land → check → load or quarantine → reconcile.

Each step leaves its result on disk and in the batch row before the next begins, so that a killed batch goes on where it
stopped. Only the reconciling transaction says that rows are there.
"""

import json
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from hunhe.hub.catalogue import queries as catalogue
from hunhe.hub.collect import check, drifting, load, models, progress, rules, spool, store
from hunhe.hub.collect.checks import checks_of
from hunhe.hub.collect.shapes import OPEN, BatchState, Dataset
from hunhe.hub.collect.sources import fetch
from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import queries as lake_queries
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, HunheError, Invalid, NotFound, msgid

if TYPE_CHECKING:
    import duckdb

WHO = load.WHO
ENGINE_MEMORY = "300MB"  # with the lake's writer and the rest, a batch process stays below 1 GiB
ROWS_SHOWN = 2000  # of each rule, kept for the steward's page
BATCHES_SHOWN = 30
NOTHING = rules.Verdict("", "", {})
PERMANENT = (Invalid, NotFound)


def run(row: models.Batch) -> None:
    """Bring a batch to its end. Refusals that saying again cannot heal end it as failed; others leave it open and are raised."""
    if row.state not in OPEN:
        return
    dataset = store.dataset(row.dataset)
    _wait_for_earlier(row)
    if row.attempts:
        row.interrupted_at = clock.now()
    row.attempts += 1
    row.save(update_fields=["attempts", "interrupted_at"])
    engine = lake_queries.connect(who=WHO, memory=ENGINE_MEMORY)
    try:
        _advance(row, dataset, engine)
    except PERMANENT as error:
        _end(row, BatchState.FAILED, _verdict_of(error))
    finally:
        engine.close()


def _advance(row: models.Batch, dataset: Dataset, engine: "duckdb.DuckDBPyConnection") -> None:
    for state, step in ((BatchState.RECEIVED, _land), (BatchState.LANDED, _check), (BatchState.CHECKED, _load)):
        if row.state == state and not step(row, dataset, engine):
            return
    _reconcile(row, dataset, engine)


def _land(row: models.Batch, dataset: Dataset, engine: "duckdb.DuckDBPyConnection") -> bool:
    folder = store.folder_of(row.id)
    landed = spool.load(folder) or fetch.land(dataset, row, folder, engine)
    row.digest, row.origin, row.source_rows = landed.digest, landed.origin, landed.rows
    same = _same_bytes(row, dataset)
    if same is not None and not _drift(dataset, landed):  # the same rows in columns of another kind are not the same
        _repeat(row, same)
        return False
    row.state = BatchState.LANDED
    row.save()
    return True


def _same_bytes(row: models.Batch, dataset: Dataset) -> models.Batch | None:
    """A batch that already brought these bytes: for full loads only the last one counts, since A, B, A is a change back."""
    done = models.Batch.objects.filter(dataset=row.dataset, seq__lt=row.seq, state=BatchState.RECONCILED).order_by("-seq")
    if dataset.mode == "full" or dataset.watermark:
        last = done.first()
        return last if last is not None and last.digest == row.digest else None
    return done.filter(digest=row.digest).first()


def _repeat(row: models.Batch, same: models.Batch) -> None:
    with transaction.atomic():
        same.times_sent += 1
        same.save(update_fields=["times_sent"])
        row.same_as = same.id
        progress.keep(row.dataset, _spool(row))
        _end(row, BatchState.REPEATED)


def _check(row: models.Batch, dataset: Dataset, engine: "duckdb.DuckDBPyConnection") -> bool:
    folder = store.folder_of(row.id)
    landed = _spool(row)
    if drift := _drift(dataset, landed):
        _hold_drifted(row, dataset, rules.drifted(drift))
        return False
    selects = {
        rule.id: lake_queries.checked_select(
            who=WHO, sql=f"SELECT * FROM rows_in WHERE {rule.sql}", names=frozenset({"rows_in"})
        )
        for rule in dataset.rules
    }
    conditions = check.conditions_of(dataset, selects)
    today = timezone.localdate(clock.now()).isoformat()
    checks = checks_of(dataset, today=today, replaced=landed.replaced, conditions=conditions)
    result = check.check(dataset, landed, checks, folder, engine)
    row.source_rows, row.landed = result.source_rows, result.landed
    check.refuse_unbalanced(result)
    split = load.prepare(dataset, landed, result, folder, engine)
    row.checked, row.duplicates, row.quarantined = result.landed, split.duplicates, split.quarantined
    current = lake_queries.active(who=WHO, table=dataset.id)
    verdict = rules.whole_batch_out(
        source=result.source_rows,
        quarantined=split.quarantined,
        good=split.good,
        current=current.rows if current else None,
        full=load.is_complete(dataset, landed),
        threshold=dataset.threshold,
        shrink=dataset.shrink,
    )
    if verdict is not None:
        _keep_reasons(row, dataset, result, engine)
        _hold_whole(row, verdict)
        return False
    row.state = BatchState.CHECKED
    row.save()
    return True


def _load(row: models.Batch, dataset: Dataset, engine: "duckdb.DuckDBPyConnection") -> bool:
    folder, result, landed = store.folder_of(row.id), check.load(store.folder_of(row.id)), _spool(row)
    split = load.prepare(dataset, landed, result, folder, engine)
    load.settle_scope(dataset, landed, row.seq, engine)
    lease = lake.begin(who=WHO, table=dataset.id)
    try:
        current = lake_queries.active(who=WHO, table=dataset.id)
        if current is not None and current.seq > row.seq:
            stale = msgid("A newer batch, number %(seq)s, is already loaded.")
            _end(row, BatchState.FAILED, rules.Verdict("collect.batch.stale", stale, {"seq": str(current.seq)}))
            return False
        load.commit_quarantine(dataset, result, folder, row.id, row.seq, engine)
        changes = load.commit_changes(dataset, landed, row.id, row.seq, current, engine)
        if current is None:
            changes = {"added": split.good}
        if current is None or current.seq < row.seq:
            row.added, row.changed, row.removed = (changes.get(kind, 0) for kind in ("added", "changed", "removed"))
            row.save(update_fields=["added", "changed", "removed"])
        load.commit_marks(dataset, landed, row.id, row.seq, engine)
        version = load.commit_current(dataset, landed, row.id, row.seq, current, lease, engine)
    finally:
        lake.release(who=WHO, lease=lease)
    published = (key for key in catalogue.keys_of_dataset(who=WHO, dataset=dataset.id) if key in version.columns)
    keys = tuple(dict.fromkeys((*dataset.serve, *published)))
    if keys:
        lake.publish_serving(who=WHO, table=dataset.id, version=version.version, keys=("_key", *keys))
    row.version, row.state = version.version, BatchState.LOADED
    row.save()
    return True


def _reconcile(row: models.Batch, dataset: Dataset, engine: "duckdb.DuckDBPyConnection") -> None:
    version = next(version for version in lake_queries.versions(who=WHO, table=dataset.id) if version.version == row.version)
    row.loaded = load.loaded_rows(dataset, version, row.id, engine)
    gap = (row.source_rows or 0) - row.loaded - (row.quarantined or 0) - (row.duplicates or 0)
    if gap:
        raise Conflict("collect.batch.unbalanced", msgid("The books of this batch are off by %(rows)s rows."), rows=gap)
    result = check.load(store.folder_of(row.id))
    load.prepare(dataset, _spool(row), result, store.folder_of(row.id), engine)
    with transaction.atomic():
        _keep_reasons(row, dataset, result, engine)
        progress.keep(row.dataset, _spool(row))
        _end(row, BatchState.RECONCILED)


def _hold_drifted(row: models.Batch, dataset: Dataset, verdict: rules.Verdict) -> None:
    with transaction.atomic():
        drifting.tell(row, dataset, verdict)
        _hold_whole(row, verdict, keep_files=drifting.keeps_files(row))


def _drift(dataset: Dataset, landed: spool.Spool) -> dict[str, list[str]]:
    return check.drift_of(dataset, landed, progress.of(dataset.id).kinds)


def _spool(row: models.Batch) -> spool.Spool:
    landed = spool.load(store.folder_of(row.id))
    if landed is None:
        raise Invalid(
            "collect.batch.spool_lost", msgid("The rows of this batch are gone from the staging folder. Collect again.")
        )
    return landed


def _keep_reasons(row: models.Batch, dataset: Dataset, result: check.Checked, engine: "duckdb.DuckDBPyConnection") -> None:
    """Counts per rule, and the first rows of each for the steward's page."""
    held = f"({load.quarantine_sql(dataset, result, store.folder_of(row.id), row.id)})"
    counts = engine.sql(f"SELECT rule, field, count(*) FROM {held} GROUP BY ALL").fetchall()
    shown = f"SELECT rule, field, _line, reasons, row FROM {held} QUALIFY row_number() OVER (PARTITION BY rule, field ORDER BY _line) <= {ROWS_SHOWN}"
    rows = engine.sql(shown).fetchall() if counts else []
    with transaction.atomic():
        models.Quarantine.objects.filter(batch=row.id).delete()
        models.QuarantinedRow.objects.filter(batch=row.id).delete()
        models.Quarantine.objects.bulk_create(
            models.Quarantine(batch=row.id, rule=rule, field=field, rows=count) for rule, field, count in counts
        )
        models.QuarantinedRow.objects.bulk_create(
            (
                models.QuarantinedRow(
                    batch=row.id,
                    dataset=row.dataset,
                    rule=rule,
                    field=field,
                    line=line,
                    reasons=json.loads(reasons),
                    row=json.loads(text),
                )
                for rule, field, line, reasons, text in rows
            ),
            batch_size=500,
        )
        old = (
            models.Batch.objects.filter(dataset=row.dataset).order_by("-seq").values_list("id", flat=True)[BATCHES_SHOWN:][:50]
        )
        models.QuarantinedRow.objects.filter(batch__in=list(old)).delete()


def _hold_whole(row: models.Batch, verdict: rules.Verdict, *, keep_files: bool = False) -> None:
    row.landed = row.source_rows if row.landed is None else row.landed
    row.loaded, row.duplicates, row.quarantined = 0, 0, row.source_rows
    _end(row, BatchState.QUARANTINED, verdict, keep_files=keep_files)


def _end(row: models.Batch, state: BatchState, why: rules.Verdict = NOTHING, *, keep_files: bool = False) -> None:
    """The last step of every batch: state, audit entry and event in one transaction; then its files may go."""
    row.state, row.finished_at = state, clock.now()
    row.failure, row.failure_message, row.failure_detail = why.code, why.message, dict(why.detail)
    facts = {
        "dataset": row.dataset,
        "department": row.department,
        "batch": row.id,
        "seq": row.seq,
        "state": state.value,
        "digest": row.digest,
        "source_rows": row.source_rows,
        "loaded": row.loaded,
        "quarantined": row.quarantined,
        "duplicates": row.duplicates,
        "version": row.version,
        "failure": why.code,
    }
    with transaction.atomic():
        row.save()
        audit.record(who=WHO, act=f"collect.batch.{state.value}", object=f"batch:{row.id}", detail=facts)
        events.publish(who=WHO, name=f"collect.batch.{state.value}", aggregate=row.dataset, payload=facts)
    if not keep_files:
        transaction.on_commit(lambda: store.forget_files(row.id))


def _wait_for_earlier(row: models.Batch) -> None:
    """Batches of one dataset are loaded in the order they came."""
    if models.Batch.objects.filter(dataset=row.dataset, seq__lt=row.seq, state__in=OPEN).exists():
        raise Conflict(
            "collect.batch.earlier", msgid("An earlier batch of %(dataset)s is not finished yet."), dataset=row.dataset
        )


def give_up(row: models.Batch, error: Exception) -> None:
    """End a batch that was tried often enough, so that later ones need not wait for it."""
    why = rules.Verdict("collect.batch.broken", msgid("Several tries failed: %(reason)s"), {"reason": str(error)[:300]})
    _end(row, BatchState.FAILED, _verdict_of(error) if isinstance(error, HunheError) else why)


def note_failure(row: models.Batch, error: HunheError) -> None:
    """Say on the batch why it waits; it stays open and will be tried again."""
    why = _verdict_of(error)
    models.Batch.objects.filter(pk=row.pk, state__in=OPEN).update(
        failure=why.code, failure_message=why.message, failure_detail=dict(why.detail)
    )


def _verdict_of(error: HunheError) -> rules.Verdict:
    return rules.Verdict(error.code, error.message, {key: str(value) for key, value in error.params.items()})
