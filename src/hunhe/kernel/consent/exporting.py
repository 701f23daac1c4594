"""A copy of everything: gathered by a job from what rooms registered, kept as one file for some days, then gone."""

import contextlib
import tempfile
from datetime import timedelta
from typing import IO

from django.db import IntegrityError, transaction
from django.utils import translation

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.consent import archive, models, shapes
from hunhe.kernel.consent.holdings import SYSTEM, registered, rights
from hunhe.kernel.consent.shapes import ExportState, Table
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.kernel.files import actions as files
from hunhe.kernel.identity import queries as identity
from hunhe.stone import clock, ids
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

JOB = "consent.export"
PURPOSE = "consent.export"
ATTEMPTS = 5
LARGEST = 200 * 1024 * 1024
AT_ONCE = 100


def ask(who: Who, subject_id: str, key: str) -> models.Export:
    """The copy asked for under this key, the one still being made, or a new one."""
    waiting = models.Export.objects.filter(subject_id=subject_id, state="waiting").first()
    known = models.Export.objects.filter(account=who.id, key=key).first() or waiting
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _insert(who, subject_id, key)
    except IntegrityError:  # the same key at the same moment
        return models.Export.objects.get(account=who.id, key=key)


def _insert(who: Who, subject_id: str, key: str) -> models.Export:
    export_id = ids.new("exp")
    entry_id = audit.record(who=who, act="consent.export.asked", object=export_id, subject_id=subject_id)
    row = models.Export.objects.create(
        id=export_id, subject_id=subject_id, account=who.id, key=key, asked_at=clock.now(), entry_id=entry_id
    )
    events.enqueue_job(who=who, kind=JOB, key=export_id, payload={"export": export_id})
    return row


def handle(job: Job) -> None:
    """One try in a process of its own; after the last failed one the person is told that it failed."""
    try:
        make(job)
    except Exception:
        if job.attempt >= ATTEMPTS:
            models.Export.objects.filter(id=job.payload["export"], state="waiting").update(state=ExportState.FAILED)
        raise


def make(job: Job) -> None:
    row = models.Export.objects.filter(id=job.payload["export"]).first()
    if row is None or row.state != ExportState.WAITING:
        events.finish_job(who=SYSTEM, job=job)
        return
    with translation.override("zh-hans"), tempfile.TemporaryFile() as stream:
        rows = write(stream, row.subject_id)
        stream.seek(0)
        _keep(job, row, rows, stream)


def write(stream: IO[bytes], subject_id: str) -> int:
    """Write the archive; returns how many rows it holds. What is pending in the log is sealed first, to have its receipt."""
    sections = [(one, tuple(one.read(subject_id))) for one in registered()]
    audit.seal(who=SYSTEM)
    held = tuple((one.room, one.title, tables) for one, tables in sections if any(table.rows for table in tables))
    entry_ids = _entry_ids([table for _, _, tables in held for table in tables])
    receipts = audit_log.receipts(who=SYSTEM, entry_ids=entry_ids) if entry_ids else ()
    archive.write(stream, held, receipts, audit_log.verifier_key(who=SYSTEM), clock.now())
    return sum(len(table.rows) for _, _, tables in held for table in tables)


def _keep(job: Job, row: models.Export, rows: int, stream: IO[bytes]) -> None:
    owner = identity.who_by_account_id(who=SYSTEM, account_id=row.account)
    now = clock.now()
    name = f"my-data-{now:%Y%m%d}.zip"
    with transaction.atomic():
        events.finish_job(who=SYSTEM, job=job)
        kept = files.store(who=owner, name=name, stream=stream, purpose=PURPOSE, limit=LARGEST)
        row.state, row.file_id, row.size, row.rows = ExportState.READY, kept.id, kept.size, rows
        row.ready_at, row.until = now, now + timedelta(days=rights().export_days)
        row.save()
        detail = {"rows": rows, "digest": kept.digest}
        audit.record(who=SYSTEM, act="consent.export.made", object=row.id, subject_id=row.subject_id, detail=detail)
        payload = {"export": row.id, "subject": row.subject_id, "until": row.until.isoformat()}
        events.publish(who=SYSTEM, name="consent.export.ready", aggregate=row.subject_id, payload=payload)


def _entry_ids(tables: list[Table]) -> list[str]:
    """Leaves of the audit that the tables name, each once."""
    found: dict[str, None] = {}
    for table in tables:
        place = next((at for at, (key, _) in enumerate(table.columns) if key == "entry_id"), None)
        if place is not None:
            found.update((str(row[place]), None) for row in table.rows if row[place])
    return list(found)


def expire_due() -> int:
    """Remove copies whose days are over; called by the worker."""
    due = models.Export.objects.filter(state="ready", until__lte=clock.now()).order_by("until")[:AT_ONCE]
    for row in (found := list(due)):
        with transaction.atomic():
            drop(row)
            audit.record(who=SYSTEM, act="consent.export.expired", object=row.id, subject_id=row.subject_id)
    return len(found)


def drop(row: models.Export) -> None:
    """Remove the file of a copy and say that it is gone."""
    if row.file_id:
        with contextlib.suppress(NotFound):
            files.remove(who=SYSTEM, id=row.file_id)
    row.state, row.file_id = ExportState.EXPIRED, ""
    row.save(update_fields=["state", "file_id"])


def export_shape(row: models.Export) -> shapes.Export:
    return shapes.Export(
        id=row.id,
        state=ExportState(row.state),
        asked_at=row.asked_at,
        ready_at=row.ready_at,
        until=row.until,
        file_id=row.file_id,
        size=row.size,
        rows=row.rows,
        entry_id=row.entry_id,
    )
