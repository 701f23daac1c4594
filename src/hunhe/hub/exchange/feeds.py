"""Feeds: the changes of a data set, numbered once by one publisher and read from any number on.

A feed begins with the first grant for changes of its data set. Batches are published one after the other; numbers, rows and
the mark of how far it has come are one transaction, so a publisher that is killed leaves nothing half.
"""

import functools
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from hunhe.hub.collect import queries as collect
from hunhe.hub.exchange import models, waking
from hunhe.hub.exchange.rules.deciding import Plan, rows_given
from hunhe.hub.exchange.rules.feeding import Change, Told, tell_changes
from hunhe.hub.exchange.shapes import Grant, Service
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Version
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event, Job
from hunhe.stone import clock
from hunhe.stone.crypto import key_file, profile
from hunhe.stone.errors import Unavailable, msgid
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

JOB = "exchange.publish"
ROWS_A_SEGMENT = 2_000
MOST_PASSED = 20_000
_SYSTEM = Who.system("exchange")
Row = tuple[str, dict[str, Any] | None, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a receiver gets next: its changes, the number read up to, and the last there is."""

    changes: tuple[Told, ...]
    through: int
    last: int


def begin_feed(table: str) -> models.Feed:
    """The feed of a data set, begun now with what readers see now, unless it runs already."""
    now = lake.active(who=_SYSTEM, table=table)
    begun = {"batch_seq": now.seq if now else 0, "version": now.version if now else None, "begun_at": clock.now()}
    return models.Feed.objects.get_or_create(table=table, defaults=begun)[0]


def feed_of(table: str) -> models.Feed:
    found = models.Feed.objects.filter(table=table).first()
    if found is None:
        raise Unavailable("exchange.feed.none", msgid("Changes of this data are not numbered yet. Try again shortly."))
    return found


def on_batch(event: Event) -> None:
    """A batch is in: its changes are numbered, if anybody may have them."""
    table = str(event.payload["dataset"])
    if models.Feed.objects.filter(table=table).exists():
        events.enqueue_job(who=_SYSTEM, kind=JOB, key=f"{table}:{event.payload['batch']}", payload={"table": table})


def publish_changes(job: Job) -> None:
    """In a batch process: number the changes of every version that is not yet published, oldest first."""
    table = str(job.payload["table"])
    while (found := _next_version(table)) is not None:
        feed, version = found
        rows = _changes(feed, version)
        with transaction.atomic():
            _append(feed, version, rows)


def read_feed(grant: Grant, service: Service, plan: Plan, since: int, limit: int) -> Reach:
    """Up to `limit` changes after number `since`, as this grant gives them."""
    feed = feed_of(service.table)
    conditions, name = rows_given(service, grant), functools.partial(record_name, grant.id)
    told: list[Told] = []
    through, passed = since, 0
    for segment in _segments(feed, since):
        changes = [change for change in _unpack(segment) if change.number > since]
        told += tell_changes(changes, plan, conditions, name)
        through, passed = segment.last, passed + len(changes)
        if len(told) >= limit:
            told = told[:limit]
            through = min(through, told[-1].number)
            break
        if passed >= MOST_PASSED:
            break
    return Reach(tuple(told), through, feed.last)


def record_name(grant_id: str, key: str) -> str:
    """A row's name under one grant: always the same there, and of no use to compare with another's."""
    return profile(settings.HUNHE_CRYPTO).keyed_digest(_secret(), f"{grant_id}:{key}".encode()).hex()[:32]


@functools.cache
def _secret() -> bytes:
    return key_file(settings.HUNHE_KEYS, "exchange.records.key", profile(settings.HUNHE_CRYPTO).new_key)


def _segments(feed: models.Feed, since: int) -> Iterator[models.Segment]:
    """Segments one by one: a receiver seldom wants more than the next."""
    while True:
        segment = models.Segment.objects.filter(feed=feed, last__gt=since).order_by("last").first()
        if segment is None:
            return
        yield segment
        since = segment.last


def _next_version(table: str) -> tuple[models.Feed, Version] | None:
    feed = models.Feed.objects.get(table=table)
    waiting = [version for version in lake.versions(who=_SYSTEM, table=table) if version.seq > feed.batch_seq]
    return (feed, waiting[-1]) if waiting else None


def _changes(feed: models.Feed, version: Version) -> list[Row]:
    """Keys that changed with one version, with the rows before and after."""
    batch = collect.batch_of_version(who=_SYSTEM, dataset=feed.table, version=version.version)
    if batch is None or feed.version is None or lake.active(who=_SYSTEM, table=f"{feed.table}.changes") is None:
        return []
    columns = [name for name in version.columns if not name.startswith("_")]
    after = lake.plain_sql(who=_SYSTEM, table=feed.table, version=version.version)
    before = lake.plain_sql(who=_SYSTEM, table=feed.table, version=feed.version)
    engine = lake.connect(who=_SYSTEM)
    try:
        engine.execute(
            "CREATE TEMP TABLE moved AS SELECT _key FROM "
            + lake.scan_sql(who=_SYSTEM, table=f"{feed.table}.changes")
            + " WHERE _batch = ?",
            [batch.id],
        )
        new, old = _rows(engine, after, columns), _rows(engine, before, columns)
        keys = [key for (key,) in engine.sql("SELECT DISTINCT _key FROM moved ORDER BY _key").fetchall()]
    finally:
        engine.close()
    return [(key, old.get(key), new.get(key)) for key in keys]


def _rows(engine: "duckdb.DuckDBPyConnection", source: str, columns: list[str]) -> dict[str, dict[str, Any]]:
    have = {row[0] for row in engine.sql(f"SELECT column_name FROM (DESCRIBE SELECT * FROM {source})").fetchall()}
    names = [column for column in columns if column in have]
    chosen = ", ".join(f'"{name}"' for name in ("_key", *names))
    found = engine.sql(f"SELECT {chosen} FROM {source} WHERE _key IN (SELECT _key FROM moved)").fetchall()
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}


def _append(feed: models.Feed, version: Version, rows: list[Row]) -> None:
    """Number the rows, unless another publisher was first, and wake who receives them."""
    now = models.Feed.objects.select_for_update().get(table=feed.table)
    if now.batch_seq != feed.batch_seq:
        return
    at = clock.now()
    for start in range(0, len(rows), ROWS_A_SEGMENT):
        part = rows[start : start + ROWS_A_SEGMENT]
        first = now.last + 1
        now.last += len(part)
        body = zlib.compress(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode(), 1)
        models.Segment.objects.create(feed=now, first=first, last=now.last, version=version.version, at=at, body=body)
    now.batch_seq, now.version = version.seq, version.version
    now.save(update_fields=["last", "batch_seq", "version"])
    if rows:
        waking.wake_all(now)


_unpacked: dict[int, list[Change]] = {}


def _unpack(segment: models.Segment) -> list[Change]:
    """A segment's changes; the newest few stay in hand, since every receiver reads the same."""
    found = _unpacked.get(segment.pk)
    if found is None or found[0].at != segment.at:
        rows = json.loads(zlib.decompress(bytes(segment.body)))
        found = [
            Change(segment.first + place, key, before, after, segment.version, segment.at)
            for place, (key, before, after) in enumerate(rows)
        ]
        if len(_unpacked) >= 8:
            _unpacked.pop(next(iter(_unpacked)))
        _unpacked[segment.pk] = found
    return found
