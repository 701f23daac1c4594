"""Builds as heavy jobs, asked for by every batch that feeds a base."""

from hunhe.hub.bases import building, content
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event, Job
from hunhe.stone.who import Who

ATTEMPTS = 8
RECONCILED = "collect.batch.reconciled"


def register() -> None:
    who = Who.system("start")
    events.register_job(who=who, kind=building.KIND, handler=handle, heavy=True, attempts=ATTEMPTS)
    events.subscribe(who=who, name=RECONCILED, subscriber="bases", handler=batch_reconciled)


def batch_reconciled(event: Event) -> None:
    """A list has changed: every base it feeds is built again."""
    for name, found in content.bases().items():
        if event.payload["dataset"] in found.datasets:
            building.request(name)


def handle(job: Job) -> None:
    """One try; the last failed one ends the build."""
    try:
        building.run(job)
    except Exception as error:
        if job.attempt < ATTEMPTS:
            raise
        building.give_up(str(job.payload["build"]), error)
