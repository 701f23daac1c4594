"""Looking at themes: how they stand, their runs, rows as of any version, lineage, and what a column reaches."""

from datetime import datetime

from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Derivation, Limits, Version
from hunhe.hub.lake.shapes import Reached as Node
from hunhe.hub.themes import content, inputs, models, reaching, store
from hunhe.hub.themes.inputs import Input
from hunhe.hub.themes.plans import PREFIX, plans
from hunhe.hub.themes.shapes import Measure, Reach, Run, RunState, Sample, Theme, Withdrawal
from hunhe.stone.door import Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

SEE = "themes.may_see"
WHO = Who.system("themes")
PAGE, SHOWN = 20, 100


@door(may=SEE, scope=Scope.CITY)
def list_themes(*, who: Who) -> tuple[Theme, ...]:
    """All themes of the city, those that the article names first. Two queries, whatever their number."""
    standings = store.standings()
    found = [store.theme(plan, standings.get(name)) for name, plan in plans().items()]
    return tuple(sorted(found, key=lambda one: (not one.named, one.id)))


@door(may=SEE, scope=Scope.CITY)
def theme_by_id(*, who: Who, theme: str) -> Theme:
    """One theme with its tables and how it stands. NotFound."""
    plan = plans().get(theme)
    if plan is None:
        raise NotFound("themes.theme.unknown", msgid("There is no theme %(name)s."), name=theme)
    return store.theme(plan, models.Standing.objects.select_related("run", "last").filter(theme=theme).first())


@door(may=SEE, scope=Scope.CITY)
def waiting(*, who: Who) -> frozenset[str]:
    """Themes with a run asked for or under way."""
    under_way = models.Run.objects.filter(state__in=(RunState.WAITING, RunState.RUNNING))
    return frozenset(under_way.values_list("theme", flat=True))


@door(may=SEE, scope=Scope.CITY)
def values_of(*, who: Who, theme: str) -> tuple[tuple[Measure, int, str], ...]:
    """What a theme's indicators amount to in its newest published run, and the withdrawn column under each, if any."""
    model, standing = content.folder(theme).model, models.Standing.objects.select_related("run").filter(theme=theme).first()
    values = standing.run.values if standing and standing.run else {}
    grey = reaching.greyed()
    return tuple((one, sum(line[2] for line in values.get(one.id, ())), grey.get(one.id, "")) for one in store.measures(model))


@door(may=SEE, scope=Scope.CITY)
def list_runs(*, who: Who, theme: str, cursor: str | None = None) -> Page[Run]:
    """Runs of a theme, newest first."""
    rows = models.Run.objects.filter(theme=theme).order_by("-seq")
    if cursor:
        rows = rows.filter(seq__lt=decode_cursor(cursor, 1)[0])
    return Page.of([store.run(row) for row in rows[: PAGE + 1]], PAGE, lambda one: (one.seq,))


@door(may=SEE, scope=Scope.CITY)
def list_versions(*, who: Who, table: str) -> tuple[Version, ...]:
    """Versions of a theme's table that readers followed, newest first, at most a hundred."""
    _own(table)
    return lake.versions(who=WHO, table=table)


@door(may=SEE, scope=Scope.CITY)
def rows_as_of(*, who: Who, table: str, version: int | None = None, at: datetime | None = None) -> Sample:
    """Rows of a theme's table as of a version or a moment (neither: now), with what that version was made from.

    The rows are read from the lake in a process of their own.
    """
    _own(table)
    if version is None and at is not None:
        found = lake.version_at(who=WHO, table=table, at=at)
        version = found.version if found else -1
    known = lake.active(who=WHO, table=table) if version is None else _version(table, version)
    origin = lake.derivation_of(who=WHO, table=table, version=known.version) if known else None
    if known is None or origin is None:
        raise NotFound("themes.rows.none", msgid("%(table)s had no rows at that time."), table=table)
    limits = Limits(seconds=10.0, memory="256MB", rows=SHOWN)
    sql = f"SELECT * FROM t LIMIT {SHOWN}"  # a constant
    rows = lake.run_select(who=WHO, sql=sql, inputs={"t": table}, limits=limits, versions={table: known.version})
    return Sample(
        table=table,
        version=known.version,
        at=known.at,
        run=origin.origin.run,
        inputs=origin.origin.inputs,
        columns=tuple(rows.column_names),
        rows=tuple(zip(*(column.to_pylist() for column in rows.columns), strict=True)),
        total=known.rows,
    )


@door(may=SEE, scope=Scope.CITY)
def lineage(*, who: Who, table: str, column: str = "", down: bool = False) -> tuple[Node, ...]:
    """Columns that this one rests on, or that rest on it, in the versions in force; nearest first."""
    return lake.lineage(who=WHO, table=table, column=column, down=down)


@door(may=SEE, scope=Scope.CITY)
def split_column(*, who: Who, name: str) -> tuple[str, str]:
    """`TABLE` or `TABLE.COLUMN` as table and column (empty: all of it). NotFound where the lake has neither."""
    table, _, column = name.rpartition(".")
    for known, part in ((name, ""), (table, column)):
        version = lake.active(who=WHO, table=known) if known else None
        if version is not None and (not part or part in version.columns):
            return known, part
    raise NotFound("themes.column.unknown", msgid("There is no column %(name)s."), name=name[:100])


@door(may=SEE, scope=Scope.CITY)
def derivations(*, who: Who) -> tuple[Derivation, ...]:
    """Every table in force that was made from others, with its origin."""
    return lake.derivations(who=WHO)


@door(may=SEE, scope=Scope.CITY)
def list_inputs(*, who: Who) -> tuple[Input, ...]:
    """Departments' lists and bases with their columns: what a what-if can start from."""
    return tuple(sorted(inputs.inputs().values(), key=lambda one: one.table))


@door(may=SEE, scope=Scope.CITY)
def reach(*, who: Who, table: str, column: str) -> Reach:
    """All that rests on a column of a list or base. NotFound for a column that is not there."""
    known = inputs.inputs().get(table)
    if known is None or column not in known.titles:
        raise NotFound("themes.column.unknown", msgid("There is no column %(name)s."), name=f"{table}.{column}"[:100])
    return reaching.reach(table, column)


@door(may=SEE, scope=Scope.CITY)
def list_withdrawals(*, who: Who) -> tuple[Withdrawal, ...]:
    """Columns withdrawn now, newest first, at most fifty."""
    return tuple(store.withdrawal(row) for row in models.Withdrawal.objects.filter(lifted_at=None).order_by("-at")[:50])


@door(may=SEE, scope=Scope.CITY)
def withdrawn_columns(*, who: Who, table: str) -> frozenset[str]:
    """Columns of a table that are not given any longer."""
    return frozenset(models.Withdrawal.objects.filter(table=table, lifted_at=None).values_list("column", flat=True))


def _own(table: str) -> None:
    if not any(table in plan.steps for plan in plans().values()):
        raise NotFound("themes.table.unknown", msgid("No theme has a table %(table)s."), table=table.removeprefix(PREFIX)[:100])


def _version(table: str, version: int) -> Version | None:
    return next((one for one in lake.versions(who=WHO, table=table) if one.version == version), None)
