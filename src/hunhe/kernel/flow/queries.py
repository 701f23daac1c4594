"""Whose turn it is, what they may do, what has happened."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from hunhe.kernel.flow import casefile, models, turns
from hunhe.kernel.flow.content import parsed
from hunhe.kernel.flow.procedure import Procedure
from hunhe.kernel.flow.rows import (
    case_shape,
    event_shape,
    fact_shapes,
    no_such_case,
    procedure_of,
    task_shape,
)
from hunhe.kernel.flow.rules import caller_may_open, held_by
from hunhe.kernel.flow.shapes import COUNTING_ORIGINS, Case, CaseEvent, CaseFile, CaseGist, Move, ProcedureCard, Task
from hunhe.kernel.flow.sight import may_see
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Denied, NotFound, msgid
from hunhe.stone.page import Page, bad_cursor, decode_cursor
from hunhe.stone.who import Who

PAGE = 50
LONGEST_HISTORY = 1000
_GISTS = "SELECT id, number, procedure_code, origin, department, subject_id, state <> 'closed' FROM flow_case WHERE id IN "


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def case_by_id(*, who: Who, case_id: str) -> Case:
    """A case the caller has to do with: as subject, opener, department with a turn in it, or across departments. NotFound."""
    return case_shape(_visible(who, case_id))


@door(may="flow.may_move_cases", scope=Scope.DEPARTMENT)
def inbox(*, who: Who, department: str, procedures: Sequence[str] = (), cursor: str | None = None) -> Page[Task]:
    """Turns the caller may take in a department, soonest limit first, paused ones among them. Two queries at any length.

    procedures: only cases of these.
    """
    rows = models.Task.objects.filter(department=department, live=1, may__in=["", *sorted(who.may)])
    if procedures:
        rows = rows.filter(case__procedure_code__in=list(procedures))
    rows = rows.filter(Q(account=None) | Q(account=who.id))
    mine = Q(posts="")
    for name in sorted(held_by(who.posts)):
        mine |= Q(posts__contains=models.posts_text([name]))
    rows = rows.filter(mine)
    return _task_page(rows, cursor)


@door(may="flow.may_move_cases", scope=Scope.DEPARTMENT)
def escalated(*, who: Who, department: str, cursor: str | None = None) -> Page[Task]:
    """Late turns of others that were brought before this department, latest limit passed first."""
    rows = models.Task.objects.filter(up_department=department, live=1, up_may__in=["", *sorted(who.may)])
    return _task_page(rows, cursor)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def moves_for(*, who: Who, case_id: str) -> tuple[Move, ...]:
    """What the caller may do now, in the procedure's order. Guards that need no further facts are already weighed."""
    case = _visible(who, case_id)
    return casefile.moves(who, case, procedure_of(case), turns.live_tasks(case))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def case_file(*, who: Who, case_id: str) -> CaseFile:
    """A case with its river, clocks, facts, history and the caller's moves, in a handful of queries. NotFound."""
    return casefile.read(who, _visible(who, case_id), LONGEST_HISTORY)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def history(*, who: Who, case_id: str) -> tuple[CaseEvent, ...]:
    """Everything that happened to a case, in order; the first thousand lines."""
    case = _visible(who, case_id)
    return tuple(event_shape(row) for row in models.Event.objects.filter(case=case).order_by("seq")[:LONGEST_HISTORY])


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def open_case_of(*, who: Who, case_id: str, subject_id: str, procedures: Sequence[str]) -> Case | None:
    """The case, if it runs, is of one of `procedures`, is about `subject_id`, and was not opened by an office on its own word.

    For rooms that give data only to a case. Reads in the caller's transaction.
    """
    row = (
        models.Case.objects.filter(
            id=case_id, subject_id=subject_id, procedure_code__in=list(procedures), origin__in=COUNTING_ORIGINS
        )
        .exclude(state="closed")
        .first()
    )
    return case_shape(row) if row is not None else None


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def case_gists(*, who: Who, case_ids: Sequence[str]) -> tuple[CaseGist, ...]:
    """What is to be known of many cases before data is given to them, in one query of the caller's transaction."""
    if not case_ids:
        return ()
    marks = ", ".join(["%s"] * len(case_ids))
    with connection.cursor() as cursor:  # the ORM would take longer than everything else a lane does
        cursor.execute(_GISTS + f"({marks})", list(case_ids))
        rows = cursor.fetchall()
    return tuple(CaseGist(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows)


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def cases_of_subject(*, who: Who, subject_id: str, cursor: str | None = None) -> Page[Case]:
    """The caller's own cases, newest first."""
    rows = models.Case.objects.filter(subject_id=subject_id).order_by("-opened_at", "-id")
    if cursor:
        at, last = _time_key(cursor)
        rows = rows.filter(opened_at__lte=at).filter(Q(opened_at__lt=at) | Q(id__lt=last))
    found = [case_shape(row) for row in rows[: PAGE + 1]]
    return Page.of(found, PAGE, key=lambda case: (case.opened_at.isoformat(), case.id))


@door(may="flow.may_move_cases", scope=Scope.DEPARTMENT)
def cases_of_department(*, who: Who, department: str, procedure: str | None = None, cursor: str | None = None) -> Page[Case]:
    """Cases a department opened or answers for, newest first."""
    rows = models.Case.objects.filter(department=department).order_by("-id")
    if procedure:
        rows = rows.filter(procedure_code=procedure)
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of([case_shape(row) for row in rows[: PAGE + 1]], PAGE, key=lambda case: (case.id,))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_procedures(*, who: Who) -> tuple[ProcedureCard, ...]:
    """The procedures in force, by id, and whether the caller may open a case of each; a city has some dozens."""
    found = (parsed(row) for row in models.Procedure.objects.filter(active=True).order_by("code"))
    return tuple(_card(who, procedure) for procedure in found)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def procedure_by_id(*, who: Who, procedure: str) -> ProcedureCard:
    """One procedure in force. NotFound."""
    row = models.Procedure.objects.filter(code=procedure, active=True).first()
    if row is None:
        raise NotFound("flow.procedure.unknown", msgid("There is no procedure %(code)s."), code=procedure)
    return _card(who, parsed(row))


def _card(who: Who, procedure: Procedure) -> ProcedureCard:
    opening = procedure.opening
    return ProcedureCard(
        id=procedure.id,
        version=procedure.version,
        name=procedure.name,
        owner=procedure.owner,
        basis=procedure.basis,
        may_open=_may_open(who, procedure),
        facts=fact_shapes(procedure, opening.facts, opening.optional),
    )


def _may_open(who: Who, procedure: Procedure) -> bool:
    """Whether a list offers it: an official opens cases of the own department only."""
    try:
        caller_may_open(procedure, who, procedure.opening.department or who.department or "")
    except Denied:
        return False
    return who.kind == "citizen" or who.is_system or bool(who.department)


def _visible(who: Who, case_id: str) -> models.Case:
    row = models.Case.objects.select_related("procedure").defer("procedure__body").filter(id=case_id).first()
    if row is None or not may_see(who, row):
        raise no_such_case()
    return row


def _task_page(rows: QuerySet[models.Task], cursor: str | None) -> Page[Task]:
    rows = rows.select_related("case").order_by("order_at", "id")
    if cursor:
        at, last = _time_key(cursor)
        rows = rows.filter(order_at__gte=at).filter(Q(order_at__gt=at) | Q(id__gt=last))
    found = list(rows[: PAGE + 1])
    page = Page.of(found, PAGE, key=lambda row: (row.order_at.isoformat(), row.id))
    return page.map(task_shape)


def _time_key(cursor: str) -> tuple[datetime, str]:
    at, last = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(str(at)), str(last)
    except ValueError as error:
        raise bad_cursor() from error
