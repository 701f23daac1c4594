"""Answers about many rows: pages of a list, and counts that betray nobody."""

import re

from hunhe.hub.exchange.answers import Answer
from hunhe.hub.exchange.book import Book
from hunhe.hub.exchange.counting import counts_of
from hunhe.hub.exchange.feeds import read_feed
from hunhe.hub.exchange.rules import deciding
from hunhe.hub.exchange.rules.deciding import Refused, Selection
from hunhe.hub.exchange.rules.requests import BadCall, CallRequest
from hunhe.hub.exchange.shapes import Grant, Service
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Place
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

_SYSTEM = Who.system("exchange")
_CURSOR = re.compile(r"([0-9]{1,12})\.([0-9]{1,12})")


def answer_many(answer: Answer, service: Service, grant: Grant, request: CallRequest, book: Book) -> None:
    """Fill in the answer of a service that is not asked by key; raises Refused or BadCall."""
    if service.kind == "aggregate":
        _count(answer, service, grant, request)
    elif service.kind == "changes":
        _change(answer, service, grant, request, book)
    else:
        _list(answer, service, grant, request, book)


def _list(answer: Answer, service: Service, grant: Grant, request: CallRequest, book: Book) -> None:
    """One page, from one version to the end: what changes meanwhile is neither missed nor met twice."""
    plan = answer.plan = book.plan(service, grant, request)
    answer.selection = plan.selection
    conditions = deciding.rows_given(service, grant)
    try:
        found = lake.read_on(
            who=_SYSTEM,
            table=service.table,
            columns=plan.read,
            conditions=conditions,
            after=_place(request.cursor),
            limit=request.limit,
        )
    except NotFound as gone:
        if request.cursor:
            raise BadCall(gone.message) from gone
        raise
    answer.version, answer.rows = found.version, len(found.rows)
    rows = [deciding.shape_answer(row, plan) for row in found.rows]
    answer.data = {"rows": rows, "next": f"{found.next.version}.{found.next.row}" if found.next else None}


def _change(answer: Answer, service: Service, grant: Grant, request: CallRequest, book: Book) -> None:
    """Changes after a number. Asking from `through` on says that all before has arrived."""
    plan = answer.plan = book.plan(service, grant, request)
    reach = read_feed(grant, service, plan, request.since, request.limit)
    answer.selection, answer.rows = plan.selection, len(reach.changes)
    answer.version = reach.changes[-1].version if reach.changes else None
    changes = [change.as_dict() for change in reach.changes]
    answer.data = {"changes": changes, "through": reach.through, "last": reach.last}


def _place(cursor: str) -> Place | None:
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise BadCall(msgid("`cursor` must be the one that came with the page before."))
    return Place(int(found[1]), int(found[2]))


def _count(answer: Answer, service: Service, grant: Grant, request: CallRequest) -> None:
    if any(grant.columns.get(name, "withhold") != "give" for name in request.by):
        raise Refused("column")
    counted = counts_of(service)
    cells = counted.cells(request.by)
    answer.selection = Selection(request.by, (), ())
    answer.version, answer.rows = counted.version, len(cells)
    answer.data = {"by": request.by, "cells": cells, "total": counted.total, "smallest": counted.smallest}
