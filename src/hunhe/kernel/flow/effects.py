"""What a move asks of upper rooms. Each (case, seq, name) is done exactly once: handler and confirmation share a transaction."""

from datetime import datetime

from django.db import transaction

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.kernel.flow import models
from hunhe.kernel.flow.advance import finish
from hunhe.kernel.flow.handlers import handler_of
from hunhe.kernel.flow.procedure import Step
from hunhe.kernel.flow.rows import case_shape, locked_case, procedure_of
from hunhe.kernel.flow.shapes import Effect
from hunhe.stone import clock
from hunhe.stone.errors import Unavailable, msgid
from hunhe.stone.who import Who

JOB = "flow.effect"


def wait_for(who: Who, case: models.Case, step: Step, now: datetime) -> None:
    """Leave the case in `effecting` and hand each effect to a job; the caller saves the row."""
    case.state, case.due_at = "effecting", None
    names = tuple(dict.fromkeys(step.effects))
    models.Effect.objects.bulk_create(models.Effect(case=case, seq=case.seq, name=name, by=who.id) for name in names)
    for name in names:
        payload = {"case": case.id, "seq": case.seq, "name": name, "move": step.id}
        events.enqueue_job(who=Who.system("flow"), kind=JOB, key=f"{case.id}:{case.seq}:{name}", payload=payload, run_at=now)


def run(job: Job) -> None:
    """Carry out one effect, and finish the move when it was the last. Run again after a crash, it does what is left."""
    case_id, seq, name = str(job.payload["case"]), int(job.payload["seq"]), str(job.payload["name"])
    handler = handler_of(name)
    if handler is None:
        raise Unavailable("flow.effect.no_handler", msgid("No room carries out %(name)s."), name=name)
    with transaction.atomic():
        case = locked_case(case_id)
        effect = models.Effect.objects.select_for_update().get(case=case, seq=seq, name=name)
        if effect.done_at is not None:
            return
        handler(Effect(case=case_shape(case), seq=seq, name=name, by=effect.by))
        effect.done_at = clock.now()
        effect.save(update_fields=["done_at"])
        if not models.Effect.objects.filter(case=case, seq=seq, done_at=None).exists():
            _finish(case_id, str(job.payload["move"]))


def _finish(case_id: str, move: str) -> None:
    case = locked_case(case_id)
    procedure = procedure_of(case)
    step = next(step for step in procedure.moves if step.id == move)
    finish(Who.system("flow"), case, procedure, step, clock.now())
