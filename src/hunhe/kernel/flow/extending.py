"""Extending a limit, once: asked for by those whose turn it is, approved by the person in charge, told to the subject with the reason."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hunhe.kernel.flow import clocks, models, tell, turns
from hunhe.kernel.flow.moving import LONGEST_NOTE, acts_on, ready
from hunhe.kernel.flow.procedure import Deadline, Extension, Procedure
from hunhe.kernel.flow.rules import department_of, extended_due, is_actor_of
from hunhe.kernel.flow.shapes import Extension as Shown
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who


def ask(who: Who, case_id: str, why: str, expected_version: int) -> models.Case:
    with transaction.atomic():
        case, procedure = clocks.seen(who, case_id)
        ready(case, expected_version)
        mine = [task for task in turns.live_tasks(case) if not task.for_subject and acts_on(who, case, task)]
        if not mine:
            raise clocks.not_your_turn(case)
        task = next((task for task in mine if limit_of(procedure, task) is not None), None)
        found = limit_of(procedure, task) if task is not None else None
        if task is None or found is None:
            raise Invalid("flow.extension.none", msgid("The limit of “%(stage)s” cannot be extended."), stage=case.stage_name)
        limit, extension = found
        _in_time(task)
        if task.extension == "asked":
            raise Conflict("flow.extension.asked", msgid("More time has been asked for already."))
        if was_extended(task, limit):
            raise Conflict("flow.extension.once", msgid("This limit has been extended already; the law allows it once."))
        task.extension, task.extension_by, task.extension_why = "asked", who.id, _reason(why)
        task.save(update_fields=["extension", "extension_by", "extension_why"])
        clocks.step(who, case, turns.live_tasks(case), "more_asked", "", why)
        tell.extension_asked(case, task, _department(procedure, extension, case), extension.by.may)
        return case


def decide(who: Who, case_id: str, note: str, expected_version: int, *, approves: bool) -> models.Case:
    with transaction.atomic():
        case, procedure = clocks.seen(who, case_id)
        ready(case, expected_version, even_suspended=True)
        task = next((task for task in turns.live_tasks(case) if task.extension == "asked"), None)
        found = limit_of(procedure, task) if task is not None else None
        if task is None or found is None:
            raise Conflict("flow.extension.not_asked", msgid("Nobody asks for more time here."))
        limit, extension = found
        if not is_actor_of(who, procedure, extension.by, case.department, case.facts, case.subject_id):
            raise Denied("flow.extension.not_yours", msgid("More time is approved by the person in charge."))
        if who.id == task.extension_by:
            raise Denied("flow.extension.second_person", msgid("Whoever asks for more time cannot approve it."))
        if approves:
            _approve(who, case, procedure, task, limit, extension)
        else:
            why = _reason(note)
            tell.not_extended(case, task, why)
            task.extension, task.extension_by, task.extension_why = "", "", ""
            task.save(update_fields=["extension", "extension_by", "extension_why"])
            clocks.step(who, case, turns.live_tasks(case), "more_refused", "", why)
        return case


def _approve(
    who: Who, case: models.Case, procedure: Procedure, task: models.Task, limit: Deadline, extension: Extension
) -> None:
    due = _in_time(task)
    later = extended_due(turns.work_calendar(), limit, extension, due)
    turns.extend(task, procedure.stage_by_id[task.stage], later, clock.now())
    clocks.step(who, case, turns.live_tasks(case), "extended", extension.basis, task.extension_why)
    tell.extended(case, task, timezone.localtime(later).date().isoformat())


def shown(who: Who, case: models.Case, procedure: Procedure, task: models.Task) -> Shown | None:
    """What a page says about the limit of a task; None where it cannot be extended."""
    found = limit_of(procedure, task)
    if found is None:
        return None
    limit, extension = found
    given = was_extended(task, limit)
    asked = task.extension == "asked"
    in_time = not task.overdue and task.due_at is not None and task.due_at > clock.now()
    decides = is_actor_of(who, procedure, extension.by, case.department, case.facts, case.subject_id)
    return Shown(
        state="given" if given else "asked" if asked else "open",
        length=extension.length,
        unit=limit.unit,
        basis=extension.basis,
        why=task.extension_why,
        may_ask=not given and not asked and in_time and task.state == "open" and acts_on(who, case, task),
        may_decide=asked and decides and who.id != task.extension_by,
    )


def limit_of(procedure: Procedure, task: models.Task) -> tuple[Deadline, Extension] | None:
    """The limit that runs for a task, if it may be extended."""
    if task.limit_index is None or task.due_at is None:
        return None
    limit = procedure.stage_by_id[task.stage].deadlines[task.limit_index]
    return (limit, limit.extension) if limit.extension is not None else None


def was_extended(task: models.Task, limit: Deadline) -> bool:
    """Whether this limit, which may span several stages, was extended in any of them."""
    stages = [task.stage, *limit.continues]
    return models.Task.objects.filter(case_id=task.case_id, extension="given", stage__in=stages).exists()


def _in_time(task: models.Task) -> datetime:
    if task.overdue or task.due_at is None or task.due_at <= clock.now():
        raise Conflict("flow.extension.late", msgid("The limit has passed; it cannot be extended any more."))
    return task.due_at


def _reason(why: str) -> str:
    why = why.strip()
    if not 0 < len(why) <= LONGEST_NOTE:
        raise Invalid("flow.move.reason", msgid("Say why, in at most %(limit)s signs."), limit=LONGEST_NOTE)
    return why


def _department(procedure: Procedure, extension: Extension, case: models.Case) -> str:
    return department_of(procedure, extension.by.department, case.department, case.facts)
