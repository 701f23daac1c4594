"""Batches as heavy jobs: each runs in a spawned process of its own."""

from hunhe.hub.collect import store
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who

KIND = "collect.batch"
ATTEMPTS = 8


def register() -> None:
    events.register_job(who=Who.system("start"), kind=KIND, handler=handle, heavy=True, attempts=ATTEMPTS)


def enqueue(batch: str, again: str = "") -> None:
    """Inside the transaction that makes the batch; `again` names why an ended one goes on."""
    events.enqueue_job(who=Who.system(KIND), kind=KIND, key=f"{batch} {again}".strip(), payload={"batch": batch})


def handle(job: Job) -> None:
    """Bring one batch to its end; the last failed attempt ends it as failed."""
    from hunhe.hub.collect import pipeline  # engines load in the batch process, not in every process that starts

    row = store.batch_row(str(job.payload["batch"]))
    try:
        pipeline.run(row)
    except Exception as error:
        if job.attempt >= ATTEMPTS:
            pipeline.give_up(row, error)
            return
        if isinstance(error, HunheError):
            pipeline.note_failure(row, error)
        raise
