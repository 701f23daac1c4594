"""What is born here goes down the river: problems, once closed or void, as the dataset of street cases. No reporter goes along."""

from datetime import datetime, timedelta

from hunhe.hub.collect import actions as collect
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.networks.governance import models
from hunhe.networks.governance.shapes import State
from hunhe.stone import clock
from hunhe.stone.who import Who

DATASET = "urban_management.street_cases"
JOB = "governance.land"
SYSTEM = Who.system("governance")
SLOT = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=1)
"""A delivery repeats the last hour: closing and landing overlap, and a row that comes twice is the same row."""
MOST = 5_000


def register() -> None:
    events.register_job(who=Who.system("start"), kind=JOB, handler=land)


def soon() -> None:
    """Land what was closed, with the others of these ten minutes."""
    now, slot = clock.now(), SLOT.total_seconds()
    end = datetime.fromtimestamp((int(now.timestamp()) // int(slot) + 1) * slot, tz=now.tzinfo)
    payload = {"until": end.isoformat()}
    events.enqueue_job(who=SYSTEM, kind=JOB, key=end.strftime("%Y%m%dT%H%M"), payload=payload, run_at=end)


def land(job: Job) -> None:
    """Send problems that ended in this slot and the hour before it to the hub; the job's key names the delivery."""
    until = datetime.fromisoformat(str(job.payload["until"]))
    rows = models.Problem.objects.filter(settled_at__gte=until - SLOT - LOOK_BACK, settled_at__lte=until)
    found = [row_of(row) for row in rows.exclude(state=State.VOID).order_by("settled_at", "id")[:MOST]]
    if found:
        collect.land_rows(who=SYSTEM, dataset=DATASET, rows=found, key=f"governance:{job.key}")


def row_of(row: models.Problem) -> dict[str, object]:
    on_time = row.fixed_at is not None and row.fix_due_at is not None and row.fixed_at <= row.fix_due_at
    return {
        "case_id": row.id,
        "number": row.number,
        "class": row.kind,
        "class_name": row.kind_name,
        "component": row.component,
        "district": row.district,
        "division": row.divisions[-1] if row.divisions else "",
        "cell": row.cell,
        "longitude": f"{row.lon:.6f}",
        "latitude": f"{row.lat:.6f}",
        "team": row.team_name,
        "department": row.department,
        "reports": str(row.reports),
        "reworks": str(row.reworks),
        "reopened": str(row.reopened),
        "on_time": "yes" if on_time else "no",
        "reported_at": _written(row.reported_at),
        "filed_at": _written(row.filed_at),
        "fixed_at": _written(row.fixed_at),
        "closed_at": _written(row.settled_at),
    }


def _written(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""
