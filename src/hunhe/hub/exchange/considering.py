"""One call after another, within the transaction of their group commit: who asks, with what right, about whom, what goes out."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hunhe.hub.bases import queries as bases
from hunhe.hub.exchange.answers import Answer, Incoming
from hunhe.hub.exchange.book import Book
from hunhe.hub.exchange.many import answer_many
from hunhe.hub.exchange.rules import deciding
from hunhe.hub.exchange.rules.deciding import Refused, Selection
from hunhe.hub.exchange.rules.quota import is_spent
from hunhe.hub.exchange.rules.requests import BY_KEY, BadCall, CallRequest, read_call, read_idempotency_key
from hunhe.hub.exchange.rules.row_filter import matches
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Grant, Service
from hunhe.hub.lake import queries as lake
from hunhe.stone.errors import HunheError, NotFound, msgid
from hunhe.stone.who import Who

log = logging.getLogger(__name__)
_SYSTEM = Who.system("exchange")


def read_incoming(incoming: Incoming, book: Book, now: datetime) -> Answer:
    """An answer not yet decided: who asks, and what, or why it cannot be read. Tells the book what to look up for all at once."""
    answer = Answer(incoming.service, at=now)
    client = book.client(incoming.token)
    if client is None or client.department is None:
        answer.code = "no_token"
        return answer
    answer.client = client
    try:
        answer.request = read_call(incoming.service, incoming.body)
        answer.idempotency = read_idempotency_key(incoming.idempotency)
    except BadCall as bad:
        answer.code, answer.message = "attributes", bad.message
    else:
        book.expect(client, answer.request.case, answer.idempotency)
    return answer


def consider(answer: Answer, book: Book, now: datetime, today: date) -> Answer:
    """Decide one call that was read. Never raises for what a caller can send; "unavailable" when the house itself cannot."""
    if answer.request is None or answer.code:
        return answer
    try:
        _decide(answer, answer.request, book, today)
        answer.outcome = "given"
        if answer.idempotency is not None and answer.repeats is None:
            book.keep(answer.client.id, answer.idempotency, answer)
    except Refused as refused:
        answer.code = refused.code
        answer.grant = answer.grant or refused.grant
    except BadCall as bad:
        answer.code, answer.message = "attributes", bad.message
    except HunheError as error:
        log.warning("call to %s not answered: %s", answer.service_code, error)
        answer.code = "unavailable"
    if answer.outcome == "refused":
        answer.repeats = None
        _find_whom_it_concerned(answer)
        if answer.grant is not None and answer.code in deciding.OVERREACH:
            book.count_overreach(answer.grant, now)
    return answer


def _decide(answer: Answer, request: CallRequest, book: Book, today: date) -> None:
    department = answer.client.department or ""
    service = answer.service = find_service(answer.service_code)
    if service is None:
        raise Refused("no_grant")
    grant = answer.grant = deciding.choose_grant(book.grants(department, service.code), request.purpose, today)
    _check_quota_or_repeat(answer, grant, book)
    if service.kind in BY_KEY:
        _answer_by_key(answer, service, grant, request, book)
    else:
        answer_many(answer, service, grant, request, book)
    if answer.repeats is None:
        book.count_use(grant)


def _answer_by_key(answer: Answer, service: Service, grant: Grant, request: CallRequest, book: Book) -> None:
    client, department = answer.client, answer.client.department or ""
    name, value, others = deciding.split_key(service, request.key)
    if service.kind == "verify":
        deciding.check_attributes(grant, others)
        if request.columns is not None:
            raise Refused("column")
        book.check_failures(client.id, service.code, value)
        read = deciding.columns_to_read(service, grant, tuple(others))
    else:
        plan = answer.plan = book.plan(service, grant, request)
        answer.selection, read = plan.selection, plan.read
    looked = lake.look(who=_SYSTEM, table=service.table, key=name, value=value, columns=read)
    rows, answer.version = looked.rows, looked.version
    subject = answer.subject_id = _subject(service, name, value, rows)
    if grant.row_filter:
        rows = tuple(row for row in rows if matches(row, deciding.rows_given(service, grant)))
    if grant.demands_case:
        if not request.case:
            raise Refused("case_missing")
        answer.case = book.case(department, request.case)
        deciding.check_case(grant, department, answer.case, subject, book.now)
    elif request.case:
        answer.case = book.case(department, request.case)
    if not rows and grant.row_filter:
        raise Refused("not_found")  # outside the filter: neither a yes nor a false no
    if service.kind == "verify":
        _verify(answer, others, rows, value, book)
    else:
        _look_up(answer, rows)
    answer.rows = len(answer.records) or 1


def _check_quota_or_repeat(answer: Answer, grant: Grant, book: Book) -> None:
    """A repeated key gets its first receipt again and uses nothing; the same key for another request is refused."""
    if answer.idempotency is not None:
        before = book.earlier(answer.client.id, answer.idempotency)
        if before is not None:
            if before.digest != answer.digest:
                raise BadCall(msgid("This Idempotency-Key was already used for another request."))
            answer.repeats = before
            return
    if is_spent(book.used(grant), grant.quota_per_day):
        raise Refused("quota")


def _subject(service: Service, name: str, value: str, rows: tuple[Mapping[str, Any], ...]) -> str | None:
    """Whom the call is about, also when there is no row."""
    if service.subject_base is None or service.subject_key is None:
        return None
    if service.subject_key == "subject_id":
        if rows:
            return str(rows[0]["subject_id"])
        return _by_number(service.subject_base, value) if name != "subject_id" else None
    number = value if name == service.subject_key else rows[0].get(service.subject_key) if rows else None
    return _by_number(service.subject_base, str(number)) if number else None


def _by_number(base: str, number: str) -> str | None:
    try:
        return bases.subject_by_id_number(who=_SYSTEM, base=base, number=number)
    except NotFound:
        return None


def _look_up(answer: Answer, rows: tuple[Mapping[str, Any], ...]) -> None:
    service = answer.service
    if not rows or service is None or answer.plan is None:
        raise Refused("not_found")
    key = service.subject_key
    same = [row for row in rows if key is None or row.get(key) == rows[0].get(key)]
    shaped = tuple(deciding.shape_answer(row, answer.plan) for row in same)
    answer.data, answer.records = shaped[0], shaped


def _verify(answer: Answer, attributes: Mapping[str, str], rows: tuple[Mapping[str, Any], ...], value: str, book: Book) -> None:
    """One yes or no about all attributes together; whoever keeps guessing is stopped."""
    agrees = any(deciding.agrees(row, attributes) for row in rows)
    if not agrees and answer.repeats is None:
        book.count_failure(answer.client.id, answer.service_code, value)
    answer.selection = Selection((), tuple(attributes), ())
    answer.data = {"agrees": agrees}


def _find_whom_it_concerned(answer: Answer) -> None:
    """A refused call still stands on the page of the person it was about, if there is one."""
    service, request = answer.service, answer.request
    if answer.subject_id is not None or service is None or request is None or service.subject_key is None:
        return
    name = next((key for key in service.keys if key in request.key), None)
    if name is None:
        return
    value = deciding.clean_key(request.key[name])
    try:
        read = (service.subject_key,)
        rows = lake.lookup(who=_SYSTEM, table=service.table, key=name, value=value, columns=read)
        answer.subject_id = _subject(service, name, value, rows)
    except HunheError as error:
        log.warning("subject of a refused call not found: %s", error)
