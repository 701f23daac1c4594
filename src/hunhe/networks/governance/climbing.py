"""Past its limit a problem climbs: level after level sees it, at the minutes the city set, and is told by name."""

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.notify import actions as notify
from hunhe.networks.governance import content, models
from hunhe.networks.governance.rules import level_at, name_at
from hunhe.networks.governance.shapes import Level
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

EVERY = 20
MOST = 200
SYSTEM = Who.system("governance")


def register() -> None:
    events.register_periodic(who=Who.system("start"), name="governance.climb", seconds=EVERY, function=climb)


def climb() -> None:
    """Show what is due to climb to its next level, those that wait longest first."""
    due = models.Problem.objects.filter(climbs_at__lte=clock.now()).order_by("climbs_at", "id")
    for problem_id in list(due.values_list("id", flat=True)[:MOST]):
        with transaction.atomic():
            _climb(models.Problem.objects.select_for_update().get(id=problem_id))


def _climb(row: models.Problem) -> None:
    now = clock.now()
    if row.climbs_at > now or row.due_at is None:
        return
    level, then = level_at(content.book().levels, row.due_at, now)
    row.climbs_at = then or models.NEVER
    if level is not None and level.id != row.level:
        row.level, row.level_name = level.id, name_at(level, row.divisions, row.where.split(" "))
        _tell(row, level)
    row.save(update_fields=["level", "level_name", "climbs_at"])


def _tell(row: models.Problem, level: Level) -> None:
    audit.record(who=SYSTEM, act="governance.problem.climbed", object=row.id, detail={"level": level.id, "rev": row.rev})
    notify.send(
        who=SYSTEM,
        to_department=level.department,
        to_permission=level.may,
        title=msgid("Overdue, now before %(level)s: %(title)s"),
        body=msgid("%(where)s, %(number)s"),
        params={
            "level": row.level_name,
            "title": row.kind_name,
            "where": row.place or row.where,
            "number": row.number,
        },
        link=f"/desk/street/{row.id}/",
        key=f"governance:climbed:{row.id}:{row.rev}:{level.id}",
    )
