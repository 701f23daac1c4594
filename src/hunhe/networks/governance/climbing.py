"""Past its limit a problem climbs: level after level sees it, at the minutes the city set, and whoever holds its post is told."""

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.notify import actions as notify
from hunhe.networks.governance import content, models, staffing
from hunhe.networks.governance.rules import level_at, name_at
from hunhe.networks.governance.shapes import Level
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

EVERY = 20
MOST = 200
SUPERVISES = "governance.may_supervise"
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
    levels = content.book().levels
    level, then = level_at(levels, row.due_at, now)
    row.climbs_at = then or models.NEVER
    if level is not None and level.id != row.level:
        row.level, row.level_name = level.id, name_at(level, row.where.split(" "))
        row.level_holder, posts = staffing.in_charge(levels[levels.index(level) :], row.divisions)
        _tell(row, level, posts)
    row.save(update_fields=["level", "level_name", "level_holder", "climbs_at"])


def _tell(row: models.Problem, level: Level, posts: tuple[str, ...]) -> None:
    """Whoever is in the level's posts; where all of them and those above are vacant, everybody who supervises."""
    detail = {"level": level.id, "holder": row.level_holder, "posts": list(posts), "rev": row.rev}
    audit.record(who=SYSTEM, act="governance.problem.climbed", object=row.id, detail=detail)
    key = f"governance:climbed:{row.id}:{row.rev}:{level.id}"
    for post in posts:
        _send(row, f"{key}:{post}", to_post=post)
    if not posts:
        _send(row, key, to_department=level.department, to_permission=SUPERVISES)


def _send(row: models.Problem, key: str, **to: str) -> None:
    notify.send(
        who=SYSTEM,
        title=msgid("Overdue, now before %(level)s: %(title)s"),
        body=msgid("%(where)s, %(number)s"),
        params={
            "level": f"{row.level_name} {row.level_holder}".strip(),
            "title": row.kind_name,
            "where": row.place or row.where,
            "number": row.number,
        },
        link=f"/desk/street/{row.id}/",
        key=key,
        **to,
    )
