"""A warning becomes an order: one case of the rule's procedure, opened once."""

from hunhe.hub.telemetry import content, models
from hunhe.hub.telemetry.rules.moments import write_moment
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.kernel.flow import actions as flow
from hunhe.stone.who import Who

JOB = "telemetry.order"
SYSTEM = Who.system("telemetry")


def ask_for(warning_id: str) -> None:
    """Let a job open the order; the same warning again asks for nothing new."""
    events.enqueue_job(who=SYSTEM, kind=JOB, key=warning_id, payload={"warning": warning_id})


def open_order(job: Job) -> None:
    """Open the order of a warning. A warning withdrawn meanwhile gets none; one that has closed still does: somebody must look."""
    row = models.Warning.objects.select_related("site__source").filter(id=str(job.payload["warning"])).first()
    if row is None or row.case_id or row.state == "withdrawn":
        return
    rule = content.read_rule(models.Rule.objects.get(code=row.rule))
    level = models.Level.objects.filter(code=row.level).first()
    case = flow.open_case(
        who=SYSTEM,
        procedure=rule.procedure,
        department=rule.owner,
        facts={
            "warning": row.id,
            "site": row.site.name,
            "rule": rule.name,
            "level": level.name if level else row.level,
            "start": write_moment(row.start),
            "peak": row.peak or 0,
        },
        origin="statutory",
        title=f"{row.site.name} {rule.name}",
        key=row.id,
    )
    row.case_id = case.id
    row.save(update_fields=["case_id"])
