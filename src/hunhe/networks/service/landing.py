"""What is born here goes down the river like any source's rows: applications, once closed, as the dataset of service cases."""

from datetime import datetime, timedelta

from hunhe.hub.collect import actions as collect
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.networks.service import content, models
from hunhe.stone import clock
from hunhe.stone.who import Who

DATASET = "data_bureau.service_cases"
JOB = "service.land"
SLOT = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=1)
"""A delivery repeats the last hour: closing and landing overlap, and a row that comes twice is the same row."""
MOST = 5_000


def soon() -> None:
    """Land what closed, with the others of these ten minutes."""
    now = clock.now()
    end = datetime.fromtimestamp((int(now.timestamp()) // int(SLOT.total_seconds()) + 1) * SLOT.total_seconds(), tz=now.tzinfo)
    key = end.strftime("%Y%m%dT%H%M")
    events.enqueue_job(who=Who.system("service"), kind=JOB, key=key, payload={"until": end.isoformat()}, run_at=end)


def land(job: Job) -> None:
    """Send closed applications of this slot and the hour before it to the hub; the job's key names the delivery."""
    until = datetime.fromisoformat(str(job.payload["until"]))
    rows = models.Application.objects.select_related("item").filter(
        closed_at__gte=until - SLOT - LOOK_BACK, closed_at__lte=until
    )
    stars = dict(models.Rating.objects.filter(application__in=rows).values_list("application_id", "stars"))
    found = [row_of(row, stars.get(row.case_id)) for row in rows.order_by("closed_at")[:MOST]]
    if found:
        collect.land_rows(who=Who.system("service"), dataset=DATASET, rows=found, key=f"service:{job.key}")


def row_of(row: models.Application, stars: int | None) -> dict[str, object]:
    item = content.item_of(row.item)
    return {
        "case_id": row.case_id,
        "number": row.number,
        "item": item.id,
        "item_name": item.name,
        "item_version": item.version,
        "department": row.department,
        "subject_id": row.subject_id,
        "channel": row.channel,
        "sent_at": _written(row.sent_at),
        "accepted_at": _written(row.accepted_at),
        "closed_at": _written(row.closed_at),
        "outcome": row.outcome,
        "corrected": "yes" if row.corrected else "no",
        "lapsed": "yes" if row.lapsed else "no",
        "overdue": "yes" if row.overdue else "no",
        "stars": "" if stars is None else str(stars),
    }


def _written(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""
