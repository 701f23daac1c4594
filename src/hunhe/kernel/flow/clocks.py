"""Stopping and restarting clocks, and handing a turn to one person."""

from django.db import transaction

from hunhe.kernel.flow import advance, journal, models, tell, turns
from hunhe.kernel.flow.moving import LONGEST_NOTE, acts_on, ready
from hunhe.kernel.flow.procedure import Procedure
from hunhe.kernel.flow.rows import locked_case, no_such_case, procedure_of
from hunhe.kernel.flow.rules import is_actor
from hunhe.kernel.flow.shapes import Happening
from hunhe.kernel.flow.sight import may_see
from hunhe.kernel.identity import queries as identity
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who


def suspend(who: Who, case_id: str, reason: str, expected_version: int, note: str) -> models.Case:
    with transaction.atomic():
        case, procedure = seen(who, case_id)
        ready(case, expected_version)
        tasks = turns.live_tasks(case)
        mine = [task for task in tasks if task.state == "open" and acts_on(who, case, task)]
        if not mine:
            raise not_your_turn(case)
        for task in mine:
            if reason not in _pauses(procedure, task):
                raise Invalid(
                    "flow.pause.unknown", msgid("The clock of “%(stage)s” may not stop for this reason."), stage=task.stage_name
                )
        now = clock.now()
        for task in mine:
            turns.pause(task, reason, now)
        named = procedure.pauses[reason]
        step(who, case, turns.live_tasks(case), "suspended", f"{named.name} ({named.basis})", note)
        return case


def resume(who: Who, case_id: str, expected_version: int, note: str) -> models.Case:
    with transaction.atomic():
        case, procedure = seen(who, case_id)
        ready(case, expected_version, even_suspended=True)
        paused = [task for task in turns.live_tasks(case) if task.state == "paused"]
        if not paused:
            raise Conflict("flow.case.running", msgid("No clock of this case is stopped."))
        mine = [task for task in paused if acts_on(who, case, task)]
        if not mine:
            raise not_your_turn(case)
        now = clock.now()
        for task in mine:
            turns.resume(task, procedure.stage_by_id[task.stage], now)
        step(who, case, turns.live_tasks(case), "resumed", "", note)
        return case


def transfer(who: Who, case_id: str, to_account: str, expected_version: int, note: str) -> models.Case:
    with transaction.atomic():
        case, _ = seen(who, case_id)
        ready(case, expected_version)
        task = next((task for task in turns.live_tasks(case) if not task.for_subject and acts_on(who, case, task)), None)
        if task is None:
            raise not_your_turn(case)
        taker = identity.who_by_account_id(who=turns.SYSTEM, account_id=to_account)
        fits = is_actor(
            taker, subject=False, department=task.department, may=task.may, posts=tuple(task.posts.split()), subject_id=None
        )
        if not fits:
            raise Invalid("flow.transfer.unfit", msgid("%(name)s does not hold a post that may do this."), name=taker.name)
        task.account = taker.id
        task.save(update_fields=["account"])
        step(who, case, turns.live_tasks(case), "transferred", taker.name, note)
        if taker.id != who.id:
            tell.handed_over(case, task)
        return case


def seen(who: Who, case_id: str) -> tuple[models.Case, Procedure]:
    """A case the caller may see, held until the transaction ends."""
    case = locked_case(case_id)
    if not may_see(who, case):
        raise no_such_case()
    return case, procedure_of(case)


def _pauses(procedure: Procedure, task: models.Task) -> tuple[str, ...]:
    if task.limit_index is None:
        return ()
    return procedure.stage_by_id[task.stage].deadlines[task.limit_index].pauses


def not_your_turn(case: models.Case) -> Denied:
    return Denied("flow.move.not_your_turn", msgid("“%(stage)s” is not your turn."), stage=case.stage_name)


def step(who: Who, case: models.Case, tasks: list[models.Task], what: Happening, name: str, note: str) -> None:
    """A line of history that changes clocks or turns, and no stage."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid("flow.move.reason", msgid("Say why, in at most %(limit)s signs."), limit=LONGEST_NOTE)
    case.rev += 1
    case.seq += 1
    advance.settle(case, tasks)
    advance.save(case)
    journal.write(who, case, what, clock.now(), name=name[:200], from_stage=case.stage, to_stage=case.stage, note=note)
