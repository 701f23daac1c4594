"""Doing things with themes: run one, withdraw a column and give it back; rooms above say what rests on tables."""

from django.db import IntegrityError, transaction

from hunhe.hub.themes import content, inputs, jobs, models, reaching, rights, running, standing, store, withdrawals
from hunhe.hub.themes.shapes import FindReached, FindRight, Run, ThemeState, Withdrawal
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.stone import clock, ids
from hunhe.stone.door import CROSS_DEPARTMENTS, Gate, Scope, door
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who

WITHDRAW = "themes.may_withdraw"


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_reach(*, who: Who, kind: str, find: FindReached) -> None:
    """At start: this room serves from tables. `find(table → columns)` names what of its own rests on them, as `Reached`."""
    reaching.finders[kind] = find


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_right(*, who: Who, find: FindRight) -> None:
    """At start: `find(department, table)` names columns that a department may use, besides its own and what content gives it."""
    rights.finders.append(find)


@door(may="themes.may_run", scope=Scope.CITY)
def run_theme(*, who: Who, theme: str) -> Run:
    """Ask for a run; one that waits already is the same. Nothing is run when neither inputs nor SQL changed."""
    content.folder(theme)
    with transaction.atomic():
        row = running.request(theme)
        audit.record(who=who, act="themes.run.requested", object=f"run:{row.id}", detail={"theme": theme})
    return store.run(row)


@door(may=WITHDRAW, scope=Scope.CITY)
def withdraw_column(*, who: Who, table: str, column: str, reason: str) -> Withdrawal:
    """A column is no longer given: what rests on it is marked and not renewed until it is lifted. For its own department."""
    known = inputs.inputs().get(table)
    if known is None or column not in known.titles or table.startswith("base."):
        raise NotFound("themes.column.unknown", msgid("There is no column %(name)s."), name=f"{table}.{column}"[:100])
    _within(who, known.department)
    if not reason.strip():
        raise Invalid("themes.withdrawal.reason", msgid("Say why."))
    try:
        with transaction.atomic():
            row = models.Withdrawal.objects.create(
                id=ids.new("wdr"), table=table, column=column, reason=reason.strip()[:500], by=who.id, at=clock.now()
            )
            reached = {one.id for one in reaching.reach(table, column).found if one.kind == "theme"}
            standing.mark(reached, ThemeState.WITHDRAWN, withdrawals.why(row), row.id)
            _tell(who, row, "themes.column.withdrawn")
    except IntegrityError as error:
        raise Conflict("themes.withdrawal.open", msgid("This column is withdrawn already.")) from error
    return store.withdrawal(row)


@door(may=WITHDRAW, scope=Scope.CITY)
def lift_withdrawal(*, who: Who, withdrawal_id: str) -> Withdrawal:
    """The column is given again: what rests on it is run anew."""
    with transaction.atomic():
        row = models.Withdrawal.objects.select_for_update().filter(id=withdrawal_id, lifted_at=None).first()
        if row is None:
            raise NotFound("themes.withdrawal.none", msgid("There is no such withdrawal, or it is lifted already."))
        known = inputs.inputs().get(row.table)
        _within(who, known.department if known else "")
        row.lifted_by, row.lifted_at = who.id, clock.now()
        row.save()
        for theme in sorted(jobs.below([row.table])):
            running.request(theme)
        _tell(who, row, "themes.column.lifted")
    return store.withdrawal(row)


def _within(who: Who, department: str) -> None:
    if not (who.is_system or CROSS_DEPARTMENTS in who.may or who.department == department):
        raise Denied("themes.withdrawal.department", msgid("Only the department whose list it is withdraws a column."))


def _tell(who: Who, row: models.Withdrawal, act: str) -> None:
    facts = {"withdrawal": row.id, "table": row.table, "column": row.column}
    audit.record(who=who, act=act, object=f"column:{row.table}.{row.column}", detail={**facts, "reason": row.reason})
    events.publish(who=who, name=act, aggregate=row.table, payload=facts)
