"""The group commit of the exchange lane: a batch of requests in, replies out, everything written in between."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.utils import translation

from hunhe.hub.exchange import book as books
from hunhe.hub.exchange.answers import Answer, Incoming
from hunhe.hub.exchange.considering import consider, read_incoming
from hunhe.hub.exchange.granting import city_zone
from hunhe.hub.exchange.recording import record_answers
from hunhe.hub.exchange.rules.deciding import status_of
from hunhe.hub.exchange.rules.quota import day_of, seconds_left
from hunhe.hub.exchange.rules.words import SENTENCES
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.audit.shapes import Receipt
from hunhe.stone import clock
from hunhe.stone.who import Who

_encode = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over the wire. retry_after: seconds, for a spent quota."""

    status: int
    body: bytes
    retry_after: int | None = None


def answer_calls(batch: Sequence[Incoming]) -> list[Reply]:
    """Decide and record a batch inside the transaction of its group commit. Its replies are true once that is committed."""
    now, zone = clock.now(), city_zone()
    day = day_of(now, zone)
    try:
        book = books.Book(now, day)
        read = [read_incoming(incoming, book, now) for incoming in batch]
        book.look_up()
        answers = [consider(answer, book, now, day) for answer in read]
        receipts = record_answers(answers, book)
    except BaseException:
        books.forget()  # what was held may speak of a transaction that is being undone
        raise
    wait = seconds_left(now, zone)
    return [_reply(answer, incoming, receipts, wait) for answer, incoming in zip(answers, batch, strict=True)]


def _reply(answer: Answer, incoming: Incoming, receipts: dict[str, Receipt], wait: int) -> Reply:
    if answer.outcome == "given":
        return Reply(200, _encode(_given(answer, receipts)))
    status = 503 if answer.code == "unavailable" else status_of(answer.code)
    return Reply(status, _encode(_problem(answer, status, incoming.language)), wait if status == 429 else None)


def _given(answer: Answer, receipts: dict[str, Receipt]) -> dict[str, object]:
    entry_id = answer.repeats.entry_id if answer.repeats is not None else answer.entry_id
    receipt = receipts.get(entry_id) or audit.receipt(who=Who.system("exchange"), entry_id=entry_id)
    body: dict[str, object] = {
        "data": answer.data,
        "masked": answer.selection.masked,
        "withheld": answer.selection.withheld,
        "service": answer.service_code,
        "version": answer.version,
        "receipt": {
            "entry_id": receipt.entry_id,
            "leaf_hash": receipt.leaf_hash,
            "index": receipt.index,
            "checkpoint": receipt.checkpoint,
        },
    }
    if len(answer.records) > 1:
        body["records"] = answer.records
    return body


def _problem(answer: Answer, status: int, language: str) -> dict[str, object]:
    code = answer.code
    body: dict[str, object] = {"type": f"urn:hunhe:problem:exchange.{code}", "code": code, "status": status}
    body["title"] = _sentence(SENTENCES[code], language)
    if answer.message:
        body["detail"] = _sentence(answer.message, language)
    if answer.entry_id:
        body["entry_id"] = answer.entry_id
    return body


@functools.lru_cache(maxsize=256)
def _sentence(message: str, language: str) -> str:
    with translation.override(language):
        return translation.gettext(message)
