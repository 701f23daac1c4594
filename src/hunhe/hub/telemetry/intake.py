"""The group commit of the intake: batches in, each taken whole or not at all, warnings found, replies out after the commit."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec
from django.db import connection

from hunhe.hub.telemetry import judging, models
from hunhe.hub.telemetry.content import RuleEntry, rules_in_force
from hunhe.hub.telemetry.rules.batches import MISSING, Reason, SentBatch, SentReading, read_batch, read_key, read_value
from hunhe.hub.telemetry.rules.moments import minute_of, read_moment
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.kernel.identity import queries as identity
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Denied, HunheError, Invalid, NotFound, Unauthenticated, msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("telemetry")
AHEAD = 5
"""Minutes that a live source's clock may run ahead of the city's."""
_SLICE = 500
_INSERT = "INSERT INTO telemetry_reading (site_id, metric, at, value, batch_id) VALUES (%s, %s, %s, %s, %s)"
_AT = "SELECT at, value FROM telemetry_reading WHERE site_id = %s AND metric = %s AND at "
_SPAN, _LIST = _AT + "BETWEEN %s AND %s", _AT + "IN ({})"
_CLOSE = 240
"""Minutes per reading within which a whole span is read instead of a list of times."""
_encode = msgspec.json.Encoder().encode
Place = tuple[str, str, int]
"""Site, metric, time: where one value stands."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery as it came over the wire. idempotency: the raw header."""

    body: bytes
    token: str | None
    idempotency: bytes | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: a body, or a refusal."""

    body: bytes = b""
    refusal: HunheError | None = None


@dataclass(slots=True)
class Sorted:
    """A batch's readings, told apart. fresh: place → value and place in the batch."""

    fresh: dict[Place, tuple[float, int]] = field(default_factory=dict)
    reasons: list[tuple[int, Reason, float | None]] = field(default_factory=list)
    conflicts: list[tuple[Place, float, float]] = field(default_factory=list)
    duplicate: int = 0
    missing: int = 0


class Intake:
    """What one group commit knows: sources held for its length, rules, and what is new where."""

    def __init__(self) -> None:
        self.rules: list[RuleEntry] = rules_in_force()
        self.sources: dict[str, models.Source] = {}
        self.sites: dict[int, dict[str, str]] = {}
        self.spans: defaultdict[str, dict[tuple[str, str], tuple[int, int]]] = defaultdict(dict)
        self.entries: list[NewEntry] = []

    def source(self, code: str) -> models.Source:
        """The source, locked against other processes until the commit. NotFound."""
        if code not in self.sources:
            row = models.Source.objects.select_for_update().filter(code=code.replace("\x00", "")).first()
            if row is None:
                raise no_such_source(code)
            self.sources[code] = row
            self.sites[row.pk] = dict(models.Site.objects.filter(source=row).values_list("code", "id"))
        return self.sources[code]

    def note(self, source: models.Source, fresh: Sequence[Place]) -> None:
        spans = self.spans[source.code]
        for site, metric, at in fresh:
            first, last = spans.get((site, metric), (at, at))
            spans[site, metric] = (min(first, at), max(last, at))

    def finish(self) -> None:
        for code, spans in self.spans.items():
            judging.judge_arrivals(self.sources[code], self.rules, spans)
        audit.record_many(who=SYSTEM, entries=self.entries)


def take_batches(deliveries: Sequence[Incoming]) -> list[Reply]:
    """Keep what is new in each delivery, in order of arrival, inside the transaction of the group commit."""
    intake = Intake()
    replies = [_answer(delivery, intake) for delivery in deliveries]
    intake.finish()
    return replies


def _answer(delivery: Incoming, intake: Intake) -> Reply:
    try:
        return Reply(_take(delivery, intake))
    except HunheError as refusal:  # found before anything was written: the other deliveries of this commit stand
        return Reply(refusal=refusal)


def _take(delivery: Incoming, intake: Intake) -> bytes:
    who = caller_of(delivery.token)
    try:
        key = read_key(delivery.idempotency)
    except ValueError as error:
        raise Invalid("telemetry.batch.key", msgid("An Idempotency-Key has at most 128 plain signs.")) from error
    digest = hashlib.sha256(delivery.body).hexdigest()
    known = _known(who, key, digest)
    if known is not None:
        return body_of(known, repeated=True)
    try:
        sent = read_batch(delivery.body)
    except ValueError as error:
        raise Invalid("telemetry.batch.form", msgid("The batch cannot be read: %(reason)s"), reason=str(error)) from error
    source = intake.source(sent.source)
    if source.client != who.id:
        raise Denied("telemetry.source.not_yours", msgid("Your client may not send for this source."))
    return body_of(_keep(who, source, sent, key, digest, intake))


def caller_of(token: str | None) -> Who:
    """The API client behind a token. Unauthenticated."""
    who = identity.who_for_token(who=SYSTEM, token=token) if token else None
    if who is None:
        raise Unauthenticated("telemetry.no_token", msgid("Send the token of an API client: Authorization: Bearer …"))
    return who


def _known(who: Who, key: str | None, digest: str) -> models.Batch | None:
    if key is None:
        return None
    row = models.Batch.objects.select_related("source").filter(client=who.id, key=key).first()
    if row is not None and row.digest != digest:
        raise Conflict("telemetry.batch.key_reused", msgid("This key has already sent another batch."))
    return row


def _keep(who: Who, source: models.Source, sent: SentBatch, key: str | None, digest: str, intake: Intake) -> models.Batch:
    told = _sort(source, sent, intake.sites[source.pk])
    row = models.Batch.objects.create(
        code=ids.new("tbat"),
        source=source,
        client=who.id,
        key=key,
        digest=digest,
        accepted=len(told.fresh),
        duplicate=told.duplicate,
        refused=len(told.reasons),
        missing=told.missing,
        reasons=sorted(told.reasons),
        received_at=clock.now(),
    )
    with connection.cursor() as cursor:  # thousands of rows on the hot path: no ORM
        cursor.executemany(_INSERT, [(*place, value, row.pk) for place, (value, _) in told.fresh.items()])
    models.Conflict.objects.bulk_create(
        [
            models.Conflict(site_id=site, metric=metric, at=at, kept=kept, value=value, batch=row)
            for (site, metric, at), kept, value in told.conflicts
        ],
        ignore_conflicts=True,
    )
    intake.note(source, list(told.fresh))
    detail = {"source": source.code, "accepted": row.accepted, "refused": row.refused, "digest": digest}
    intake.entries.append(NewEntry(who=who, act="telemetry.batch.taken", object=row.code, detail=detail))
    return row


def _sort(source: models.Source, sent: SentBatch, sites: dict[str, str]) -> Sorted:
    """Tell new readings from repeated, conflicting, missing and wrong ones. Within a batch as among batches the first stands."""
    told = Sorted()
    latest = minute_of(clock.now(), source.offset) + AHEAD if source.mode == "live" else None
    read: list[tuple[int, Place, float]] = []
    for number, reading in enumerate(sent.readings):
        if reading.value in MISSING:
            told.missing += 1
            continue
        try:
            read.append((number, *_read(source, reading, sites, latest)))
        except _NotTaken as error:
            told.reasons.append((number, error.reason, None))
    kept = _kept([place for _, place, _ in read])
    for number, place, value in read:
        stands = told.fresh[place][0] if place in told.fresh else kept.get(place)
        if stands is None:
            told.fresh[place] = (value, number)
        elif stands == value:
            told.duplicate += 1
        else:
            told.reasons.append((number, "conflict", stands))
            told.conflicts.append((place, stands, value))
    return told


class _NotTaken(Exception):
    def __init__(self, reason: Reason) -> None:
        self.reason = reason


def _read(source: models.Source, reading: SentReading, sites: dict[str, str], latest: int | None) -> tuple[Place, float]:
    site = sites.get(reading.site)
    if site is None:
        raise _NotTaken("unknown_site")
    if reading.metric not in source.metrics:
        raise _NotTaken("unknown_metric")
    try:
        at = read_moment(reading.at, source.offset)
    except ValueError:
        raise _NotTaken("not_a_time") from None
    if at % source.step:
        raise _NotTaken("off_step")
    if latest is not None and at > latest:
        raise _NotTaken("in_future")
    try:
        return (site, reading.metric, at), read_value(reading.value)
    except ValueError:
        raise _NotTaken("not_a_number") from None


def _kept(places: Sequence[Place]) -> dict[Place, float]:
    """What stands already at these places: for each site and metric one query where times lie close, else one per some hundreds."""
    asked: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for site, metric, at in places:
        asked[site, metric].add(at)
    found: dict[Place, float] = {}
    with connection.cursor() as cursor:
        for (site, metric), times in asked.items():
            for query, values in _look_ups(times):
                cursor.execute(query, [site, metric, *values])
                found.update(((site, metric, at), value) for at, value in cursor.fetchall())
    return found


def _look_ups(times: set[int]) -> Iterator[tuple[str, list[int]]]:
    first, last = min(times), max(times)
    if last - first <= _CLOSE * len(times):
        yield _SPAN, [first, last]
        return
    left = iter(sorted(times))
    while piece := list(islice(left, _SLICE)):
        yield _LIST.format(", ".join(["%s"] * len(piece))), piece


def body_of(row: models.Batch, repeated: bool = False) -> bytes:
    """The reply about a batch, now or asked for later."""
    reasons: list[dict[str, Any]] = [
        {"reading": number, "reason": reason} | ({} if kept is None else {"kept": kept}) for number, reason, kept in row.reasons
    ]
    return _encode(
        {
            "batch": row.code,
            "source": row.source.code,
            "accepted": row.accepted,
            "duplicate": row.duplicate,
            "refused": row.refused,
            "missing": row.missing,
            "reasons": reasons,
            "repeated": repeated,
            "received_at": row.received_at,
        }
    )


def no_such_source(code: str) -> NotFound:
    return NotFound("telemetry.source.unknown", msgid("There is no source %(code)s."), code=code)
