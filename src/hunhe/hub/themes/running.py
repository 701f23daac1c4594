"""One run of a theme: read input versions, run its steps behind the fence, audit, publish all its tables at once.

Killed and run again, it finishes what is missing. The same inputs and the same SQL as the newest published run: nothing is run.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import queries as lake_queries
from hunhe.hub.lake.shapes import Origin, Part
from hunhe.hub.themes import content, models, rights, standing, store, withdrawals
from hunhe.hub.themes.plans import PREFIX, Plan, above
from hunhe.hub.themes.shapes import RunState, ThemeState, Why
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.stone import clock, ids
from hunhe.stone.crypto import profile
from hunhe.stone.errors import HunheError, Invalid, msgid
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

    Engine = duckdb.DuckDBPyConnection

WHO = Who.system("themes.run")
KIND = "themes.run"
MEMORY, SECONDS, ROWS_A_STEP = "512MB", 120.0, 50_000
AUDITED = msgid("Audits found rows that must not exist. The version before stands.")
BROKEN = msgid("Its SQL failed: %(reason)s")


def request(theme: str) -> models.Run:
    """In the caller's transaction: the run that waits for its turn, made when there is none."""
    with transaction.atomic():
        waiting = models.Run.objects.select_for_update().filter(theme=theme, state=RunState.WAITING).first()
        if waiting is None:
            beside = models.Run.objects.select_for_update().filter(state=RunState.WAITING).exists()
            last = models.Run.objects.filter(theme=theme).aggregate(last=Max("seq"))["last"] or 0
            waiting = models.Run.objects.create(id=ids.new("run"), theme=theme, seq=last + 1, requested_at=clock.now())
            if not beside:  # one process takes all that wait: starting one costs more than running a theme
                events.enqueue_job(who=WHO, kind=KIND, key=waiting.id, payload={})
        return waiting


def run(row: models.Run, plan: Plan) -> None:
    """Bring one run to its end; whatever its SQL does wrong ends it as failed and leaves the version before in force."""
    if row.state == RunState.WAITING and not _begin(row, plan):
        return
    try:
        with _open(row, plan) as engine:
            failures = _work(engine, plan)
            if failures:
                row.failures = failures
                _end(row, RunState.FAILED, Why(text=AUDITED))
                return
            row.values = _values(engine, plan)
            _publish(engine, row, plan)
    except HunheError as error:
        if not isinstance(error, Invalid):
            raise
        _end(row, RunState.FAILED, Why(text=BROKEN, params={"reason": str(error)}))
        return
    _end(row, RunState.DONE, Why())


def _begin(row: models.Run, plan: Plan) -> bool:
    """What it reads and whether it may; False where there is nothing to run."""
    row.inputs = {table: version for table in plan.inputs if (version := _version(table)) is not None}
    row.started_at = clock.now()
    why, state = _obstacle(row, plan)
    if state is not None:
        row.started_at = None
        _end(row, RunState.HELD, why, state)
        return False
    row.digest = _digest(row.inputs, plan)
    last = models.Standing.objects.select_related("run").filter(theme=row.theme).first()
    if last is not None and last.run is not None and last.run.digest == row.digest:
        with transaction.atomic():
            row.delete()
            standing.fresh_again(row.theme)
        return False
    row.state = RunState.RUNNING
    row.save()
    return True


def _obstacle(row: models.Run, plan: Plan) -> tuple[Why, ThemeState | None]:
    """What stands in the way: a column withdrawn, a right missing, an upstream theme that is not as it should be, nothing there."""
    if (gone := withdrawals.under(plan)) is not None:
        return withdrawals.why(gone), ThemeState.WITHDRAWN
    owner = content.folder(plan.theme).model.owner
    if lacking := rights.missing(owner, plan):
        return standing.no_right(owner, lacking), ThemeState.HELD
    if (theme := standing.broken_above(above(plan))) is not None:
        return standing.upstream(theme), ThemeState.STALE
    if empty := sorted(set(plan.inputs) - row.inputs.keys()):
        return standing.nothing_in(empty[0]), ThemeState.NEVER
    return Why(), None


def _version(table: str) -> int | None:
    active = lake_queries.active(who=WHO, table=table)
    return active.version if active else None


def _digest(inputs: dict[str, int], plan: Plan) -> str:
    text = content.folder(plan.theme).text
    whole = json.dumps([inputs, text, [select.text for select in plan.steps.values()]], sort_keys=True, ensure_ascii=False)
    return profile(settings.HUNHE_CRYPTO).digest(whole.encode()).hex()


@contextmanager
def _open(row: models.Run, plan: Plan) -> Iterator["Engine"]:
    """A fenced engine that has the inputs in the versions this run reads, and ends what takes too long."""
    views = {
        table.replace(".", "__"): lake_queries.scan_sql(who=WHO, table=table, version=version)
        for table, version in row.inputs.items()
    }
    with lake_queries.connect_fenced(who=WHO, views=views, memory=MEMORY) as engine:
        clock_out = threading.Timer(SECONDS, engine.interrupt)
        clock_out.start()
        try:
            yield engine
        finally:
            clock_out.cancel()


def _work(engine: "Engine", plan: Plan) -> dict[str, int]:
    """The theme's tables, and audits that found rows with how many. Invalid when the SQL fails."""
    import duckdb

    try:
        for table, select in plan.steps.items():
            engine.execute(f"CREATE TEMP TABLE {_name(table)} AS {select.text}")
        found = {
            name: engine.execute(f"SELECT count(*) FROM ({one.text})").fetchall()[0][0] for name, one in plan.audits.items()
        }
    except duckdb.Error as error:
        raise Invalid("themes.run.sql", BROKEN, reason=str(error).splitlines()[0][:200]) from error
    return {name: rows for name, rows in found.items() if rows}


def _values(engine: "Engine", plan: Plan) -> dict[str, list[list[object]]]:
    """What each indicator amounts to, line by line: [label, division, value]."""
    found = {}
    for one in store.measures(content.folder(plan.theme).model):
        label, division = (f"CAST({name} AS VARCHAR)" if name else "''" for name in (one.label, one.division))
        text = (
            f"SELECT coalesce({label}, ''), coalesce({division}, ''), CAST(round(coalesce(sum({one.column}), 0)) AS BIGINT) "
            f"FROM {_name(one.table)} GROUP BY ALL ORDER BY 3 DESC, 1 LIMIT 100"
        )
        found[one.id] = [list(line) for line in engine.execute(text).fetchall()]
    return found


def _publish(engine: "Engine", row: models.Run, plan: Plan) -> None:
    leases = {}
    try:
        for table in sorted(plan.steps):
            leases[table] = lake.begin(who=WHO, table=table)
        parts = []
        for table, select in plan.steps.items():
            name = _name(table)
            row.rows[table] = engine.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
            made = engine.sql(f"SELECT * FROM {name}").to_arrow_table()
            origin = Origin(row.id, row.digest, row.inputs, select.edges)
            parts.append(Part(leases[table], made.to_reader(ROWS_A_STEP), origin))
        for version in lake.commit_together(who=WHO, parts=parts, seq=row.seq, batch=row.id):
            row.tables[version.table] = version.version
    finally:
        for lease in leases.values():
            lake.release(who=WHO, lease=lease)


def _end(row: models.Run, state: RunState, why: Why, stands: ThemeState | None = None) -> None:
    row.state, row.why, row.why_params, row.finished_at = state, why.text, dict(why.params), clock.now()
    facts = {"run": row.id, "theme": row.theme, "inputs": row.inputs, "tables": row.tables, "rows": row.rows}
    with transaction.atomic():
        row.save()
        standing.ended(row, why, stands)
        detail = {**facts, "failures": row.failures, "why": row.why}
        audit.record(who=WHO, act=f"themes.run.{state}", object=f"run:{row.id}", detail=detail)
        events.publish(who=WHO, name=f"themes.run.{state}", aggregate=row.theme, payload=facts)


def _name(table: str) -> str:
    return f'"{table.removeprefix(PREFIX).partition(".")[2]}"'
