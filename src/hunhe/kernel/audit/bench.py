"""How fast the log takes entries, beside the floor measured in the same run: bare batches into the same database."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from django.db import connection, transaction

from hunhe.kernel.audit import actions, queries
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.stone import clock, ids
from hunhe.stone.who import Who

_WHO = Who(id="cli_bench", kind="client", department="bench")
_SYSTEM = Who.system("bench")
_PROOFS = 500
_PLAIN_LOG = (
    "CREATE TABLE bench_floor (id bigint PRIMARY KEY, entry_id text UNIQUE, at double precision, who text, department text,"
    " act text, object text, subject_id text, detail text)"
)


def bench_audit(size: int = 20_000, batch: int = 1000, subjects: int = 2000) -> list[dict[str, Any]]:
    """Append `size` entries in batches, each one synced transaction; then prove some and verify all.

    The floor is a plain log that anybody could change: the same acts with the same ids and the detail as JSON in clear, in a
    table with the same look-ups, in the same batches. Floor and log take turns, so that a busy disk slows both.
    """
    _sql(_PLAIN_LOG)
    _sql("CREATE INDEX bench_floor_object ON bench_floor (object, id)")
    try:
        floor, sealed, pending = 0.0, 0.0, 0.0
        for start in range(0, size, batch):
            floor += _seconds(partial(_append_plain, start, batch, subjects))
            sealed += _seconds(partial(_append_sealed, start, batch, subjects))
        for start in range(0, size, batch):
            pending += _seconds(partial(_append_pending, start, batch, subjects))
        pending += _seconds(partial(actions.seal, who=_SYSTEM))
    finally:
        _sql("DROP TABLE bench_floor")
    known = [entry.entry_id for entry in queries.list_entries(who=_SYSTEM).items if entry.index is not None]
    proofs = _seconds(lambda: [queries.proof(who=_SYSTEM, entry_id=known[n % len(known)]) for n in range(_PROOFS)])
    verified = _seconds(partial(queries.verify, who=_SYSTEM))
    detail = f"{size} entries in batches of {batch}, {subjects} subjects, each batch synced"
    return [
        _row("audit append, sealed with receipts", size / sealed, "entries/s", size / floor, detail),
        _row("audit append, sealed later", size / pending, "entries/s", size / floor, f"{detail}; one seal and tiles included"),
        _row("audit proof", _PROOFS / proofs, "proofs/s", None, f"inclusion in a tree of {2 * size}"),
        _row("audit verify", 2 * size / verified, "entries/s", None, "every leaf, detail, tile and checkpoint"),
    ]


def _row(bench: str, value: float, unit: str, floor: float | None, detail: str) -> dict[str, Any]:
    ratio = None if floor is None else value / floor
    return {"bench": bench, "value": value, "unit": unit, "floor": floor, "ratio": ratio, "detail": detail}


def _entries(start: int, batch: int, subjects: int) -> list[NewEntry]:
    return [
        NewEntry(
            who=_WHO,
            act="bench.call",
            object=f"grant_{number % 50}",
            subject_id=f"sub_{number % subjects}",
            detail={"purpose": "bench", "columns": ["name", "status"], "case": f"case_{number}"},
        )
        for number in range(start, start + batch)
    ]


def _append_sealed(start: int, batch: int, subjects: int) -> None:
    with transaction.atomic():
        actions.record_and_seal(who=_SYSTEM, entries=_entries(start, batch, subjects))


def _append_pending(start: int, batch: int, subjects: int) -> None:
    with transaction.atomic():
        actions.record_many(who=_SYSTEM, entries=_entries(start, batch, subjects))


def _append_plain(start: int, batch: int, subjects: int) -> None:
    at = clock.true_now().timestamp()
    with transaction.atomic(), connection.cursor() as cursor:
        rows = [
            (
                start + number,
                ids.new("aud"),
                at,
                entry.who.id,
                entry.who.department,
                entry.act,
                entry.object,
                entry.subject_id,
                msgspec.json.encode(entry.detail).decode(),
            )
            for number, entry in enumerate(_entries(start, batch, subjects))
        ]
        cursor.executemany("INSERT INTO bench_floor VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", rows)


def _sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
