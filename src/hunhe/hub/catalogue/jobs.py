"""What is published can be asked by the keys its entry names: the data behind it is laid out for that, once, by a job."""

from hunhe.hub.catalogue import models
from hunhe.hub.lake import queries as lake_queries
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.stone.who import Who

KIND = "catalogue.serve"
WHO = Who.system(KIND)


def register() -> None:
    events.register_job(who=Who.system("start"), kind=KIND, handler=handle, heavy=True, attempts=5)


def enqueue_if_needed(row: models.Resource) -> None:
    """Inside the transaction that publishes the entry. Nothing to do before the first load: that load reads the catalogue."""
    keys = tuple(row.keys)
    if row.dataset and keys and not lake_queries.answers_by(who=WHO, table=row.dataset, keys=keys):
        payload = {"dataset": row.dataset, "keys": list(keys)}
        events.enqueue_job(who=WHO, kind=KIND, key=f"{row.code}:{row.rev}", payload=payload)


def handle(job: Job) -> None:
    from hunhe.hub.lake import actions as lake  # engines load in the job's own process

    dataset = str(job.payload["dataset"])
    version = lake_queries.active(who=WHO, table=dataset)
    row_key = ("_key",) if version is not None and "_key" in version.columns else ()  # by which a trace finds source rows
    lake.serve_by(who=WHO, table=dataset, keys=(*row_key, *map(str, job.payload["keys"])))
    events.finish_job(who=WHO, job=job)
