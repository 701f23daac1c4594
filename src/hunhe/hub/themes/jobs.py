"""Runs as heavy jobs, asked for by every batch and build that feeds a theme; and what is broken upstream."""

from collections.abc import Iterable

from django.db import transaction

from hunhe.hub.lake import queries as lake
from hunhe.hub.themes import models, running, standing, withdrawals
from hunhe.hub.themes.plans import Plan, above, plans
from hunhe.hub.themes.shapes import RunState, ThemeState, Why
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event, Job
from hunhe.stone.who import Who

ATTEMPTS = 4
WHO = Who.system("themes")
BATCH_IN, BATCH_OUT = (
    ("collect.batch.reconciled", "collect.batch.repeated"),
    ("collect.batch.failed", "collect.batch.quarantined"),
)


def register() -> None:
    start = Who.system("start")
    events.register_job(who=start, kind=running.KIND, handler=run_waiting, heavy=True, attempts=ATTEMPTS)
    for name in BATCH_IN:
        events.subscribe(who=start, name=name, subscriber="themes", handler=lambda event: renew(str(event.payload["dataset"])))
    for name in BATCH_OUT:
        events.subscribe(who=start, name=name, subscriber="themes", handler=_batch_broken)
    events.subscribe(
        who=start,
        name="bases.build.done",
        subscriber="themes",
        handler=lambda event: renew(f"base.{event.payload['base']}"),
    )
    events.subscribe(who=start, name="bases.build.failed", subscriber="themes", handler=_build_broken)


def renew(table: str) -> None:
    """This table has changed: every theme that reads it and has all its inputs is run again."""
    there: dict[str, bool] = {}
    for theme, plan in plans().items():
        if table in plan.inputs and all(_is_there(one, there) for one in plan.inputs):
            running.request(theme)


def below(tables: Iterable[str]) -> set[str]:
    """The themes that rest on any of these tables, through bases and other themes too."""
    reached = {*tables, *(one.table for table in tables for one in lake.lineage(who=WHO, table=table, down=True))}
    return {theme for theme, plan in plans().items() if reached & {*plan.inputs, *plan.steps}}


def run_waiting(job: Job) -> None:
    """All that wait, those first that others read from; one theme's fault does not stop the others."""
    order = plans()
    while True:
        rows = models.Run.objects.filter(state__in=(RunState.WAITING, RunState.RUNNING))
        row = min(rows, key=lambda one: (list(order).index(one.theme) if one.theme in order else -1, one.seq), default=None)
        if row is None:
            with transaction.atomic():
                if not models.Run.objects.select_for_update().filter(state=RunState.WAITING).exists():
                    events.finish_job(who=running.WHO, job=job)
                    return
            continue
        _run(row, order)


def _run(row: models.Run, order: dict[str, Plan]) -> None:
    if row.theme not in order:  # its files are gone from the city's content
        row.delete()
        return
    running.run(row, order[row.theme])
    published = models.Run.objects.filter(id=row.id, state=RunState.DONE).exists()
    for theme, plan in order.items():
        if published and row.theme in above(plan):
            running.request(theme)


def _is_there(table: str, seen: dict[str, bool]) -> bool:
    if table not in seen:
        seen[table] = lake.active(who=WHO, table=table) is not None
    return seen[table]


def _batch_broken(event: Event) -> None:
    table = str(event.payload["dataset"])
    why = Why(text=standing.BROKEN_LIST, params={"table": table})
    standing.mark(_unaffected(below([table])), ThemeState.STALE, why, str(event.sequence))


def _build_broken(event: Event) -> None:
    table = f"base.{event.payload['base']}"
    why = Why(text=standing.BROKEN_BASE, params={"table": table})
    standing.mark(_unaffected(below([table])), ThemeState.STALE, why, str(event.sequence))


def _unaffected(themes: set[str]) -> set[str]:
    """Withdrawn themes stay withdrawn, whatever else happens upstream."""
    order = plans()
    return {theme for theme in themes if withdrawals.under(order[theme]) is None}
