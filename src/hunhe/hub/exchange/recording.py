"""Writing down what was decided: call rows, meters, audit entries. All in the transaction of the group commit."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hunhe.hub.exchange.answers import Answer
from hunhe.hub.exchange.book import Book
from hunhe.hub.exchange.granting import city_zone
from hunhe.hub.exchange.rules.quota import day_of
from hunhe.hub.exchange.shapes import NewUse
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit.shapes import NewEntry, Receipt
from hunhe.stone import ids
from hunhe.stone.who import Who

_SYSTEM = Who.system("exchange")
_CALL_COLUMNS = (
    "id", "at", "day", "client", "department", "service", "resource", "version", "grant_id", "purpose", "case_id", "case_number",
    "officer", "origin", "subject_id", "outcome", "code", "given", "masked", "withheld", "hold_basis", "hold_until", "entry_id",
    "leaf_hash", "idempotency", "digest", "rows",
)  # fmt: skip
_INSERT_CALL = (
    f"INSERT INTO exchange_call ({', '.join(_CALL_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_CALL_COLUMNS))})"  # own names
)
_ADD_METER = (
    "INSERT INTO exchange_meter (grant_id, day, used, refused, overreach) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (grant_id, day) DO UPDATE SET used = exchange_meter.used + excluded.used,"
    " refused = exchange_meter.refused + excluded.refused, overreach = exchange_meter.overreach + excluded.overreach"
)
_ADD_OVERREACH = "UPDATE exchange_grant SET overreach = overreach + %s WHERE id = %s"
_ADD_FAILURE = (
    "INSERT INTO exchange_failure (client, key, day, count) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (client, key, day) DO UPDATE SET count = exchange_failure.count + excluded.count"
)


_USE_COLUMNS = (
    "id", "at", "day", "client", "department", "service", "resource", "purpose", "origin", "subject_id", "outcome", "code", "given",
    "masked", "entry_id", "leaf_hash", "channel", "title", "place",
    "grant_id", "case_id", "case_number", "officer", "withheld", "hold_basis", "digest",
)  # fmt: skip
_INSERT_USE = f"INSERT INTO exchange_call ({', '.join(_USE_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_USE_COLUMNS))})"


def record_uses(uses: Sequence[NewUse]) -> None:
    """Rows of uses whose entries another lane has sealed, in that lane's transaction."""
    zone, rows = city_zone(), []
    for use in uses:
        at = connection.ops.adapt_datetimefield_value(use.at)
        day = connection.ops.adapt_datefield_value(day_of(use.at, zone))
        rows.append((
            ids.new("call"), at, day, use.client, use.department, "", use.resource, use.purpose[:200], "subject", use.subject_id,
            use.outcome, use.code, json.dumps(use.given), json.dumps(use.masked), use.entry_id, use.leaf_hash, use.channel,
            use.title[:120], use.place[:120], "", "", "", "", "[]", "", "",
        ))  # fmt: skip
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT_USE, rows)


def record_answers(answers: Sequence[Answer], book: Book) -> dict[str, Receipt]:
    """Write every new answer with its entry, sequence and sign them; receipts by entry id. Fills in call and entry ids.

    Calls without a token are one entry per batch, with their number: strangers cannot fill the log one by one.
    """
    strangers = [answer for answer in answers if answer.code == "no_token"]
    new = [answer for answer in answers if answer.repeats is None and answer.code not in ("no_token", "unavailable")]
    entries = [_entry(answer) for answer in new]
    if strangers:
        entries.append(NewEntry(who=strangers[0].client, act="exchange.call.refused", object="", detail=_stranger(strangers)))
    if not entries:
        return {}
    receipts = audit.record_and_seal(who=_SYSTEM, entries=entries)
    for answer, receipt in zip(new, receipts, strict=False):
        answer.entry_id, answer.leaf_hash = receipt.entry_id, receipt.leaf_hash
    for answer in strangers:
        answer.entry_id = receipts[-1].entry_id
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_CALL, list(_call_rows(new, book.now, book.day)))
        _count(new, book)
        _write_counts(cursor, book)
    return {receipt.entry_id: receipt for receipt in receipts}


def _entry(answer: Answer) -> NewEntry:
    answer.call_id = ids.new("call")
    request = answer.request
    return NewEntry(
        who=answer.client,
        act=f"exchange.call.{answer.outcome}",
        object=answer.call_id,
        subject_id=answer.subject_id,
        detail={
            "service": answer.service_code,
            "version": answer.version,
            "grant": answer.grant.id if answer.grant else "",
            "purpose": request.purpose if request else "",
            "case": request.case if request else "",
            "code": answer.code,
            "rows": answer.rows,
            "given": answer.selection.given if answer.outcome == "given" else (),
            "masked": answer.selection.masked if answer.outcome == "given" else (),
            "withheld": answer.selection.withheld if answer.outcome == "given" else (),
        },
    )


def _stranger(strangers: Sequence[Answer]) -> dict[str, object]:
    services = sorted({answer.service_code for answer in strangers})[:20]
    return {"code": "no_token", "count": len(strangers), "services": services}


def _call_rows(answers: Iterable[Answer], now: datetime, day: date) -> Iterable[tuple[Any, ...]]:
    at, on = connection.ops.adapt_datetimefield_value(now), connection.ops.adapt_datefield_value(day)
    lists: dict[tuple[str, ...], str] = {(): "[]"}
    for answer in answers:
        given = answer.outcome == "given"
        request, grant, case, chosen = answer.request, answer.grant, answer.case, answer.selection
        texts = [
            lists.get(names) or lists.setdefault(names, json.dumps(names))
            for names in (chosen.given, chosen.masked, chosen.withheld)
        ]
        held = grant.hold_until if given and grant is not None and grant.hold_until and grant.hold_until > day else None
        yield (
            answer.call_id, at, on, answer.client.id, answer.client.department, answer.service_code[:140],
            answer.service.resource if answer.service else "", answer.version, grant.id if grant else "",
            request.purpose if request else "", case.id if case else (request.case if request else ""), case.number if case else "",
            case.officer if case else "", case.origin if case else "", answer.subject_id, answer.outcome, answer.code,
            *(texts if given else ("[]", "[]", "[]")), grant.hold_basis if held and grant else "",
            connection.ops.adapt_datefield_value(held) if held else None, answer.entry_id, answer.leaf_hash,
            f"{answer.client.id}:{answer.idempotency}" if given and answer.idempotency else None, request.digest.hex() if request else "",
            answer.rows if given else 0,
        )  # fmt: skip


def _count(answers: Iterable[Answer], book: Book) -> None:
    for answer in answers:
        if answer.outcome == "refused" and answer.grant is not None:
            book.refusals[answer.grant.id] += 1


def _write_counts(cursor: CursorWrapper, book: Book) -> None:
    day = connection.ops.adapt_datefield_value(book.day)
    touched = {*book.uses, *book.refusals, *book.overreaches}
    meters = [
        (grant, day, book.uses.get(grant, 0), book.refusals.get(grant, 0), book.overreaches.get(grant, 0)) for grant in touched
    ]
    if meters:
        cursor.executemany(_ADD_METER, meters)
    if book.overreaches:
        cursor.executemany(_ADD_OVERREACH, [(count, grant) for grant, count in book.overreaches.items()])
    if book.failures:
        cursor.executemany(_ADD_FAILURE, [(client, key, day, count) for (client, key), count in book.failures.items()])
