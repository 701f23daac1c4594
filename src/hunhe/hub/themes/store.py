"""Rows of the transaction database as shapes."""

from collections.abc import Mapping

from hunhe.hub.themes import content, models
from hunhe.hub.themes.plans import PREFIX, Plan
from hunhe.hub.themes.shapes import Measure, Run, RunState, Theme, ThemeState, ThemeTable, Why, Withdrawal

OF_RUN = ("id", "theme", "seq", "inputs", "tables", "rows", "failures", "requested_at", "started_at", "finished_at")


def run(row: models.Run) -> Run:
    values = {name: getattr(row, name) for name in OF_RUN}
    return Run(state=RunState(row.state), why=Why(text=row.why, params=row.why_params), **values)


def withdrawal(row: models.Withdrawal) -> Withdrawal:
    names = ("id", "table", "column", "reason", "by", "at", "lifted_at")
    return Withdrawal(**{name: getattr(row, name) for name in names})


def standings() -> dict[str, models.Standing]:
    """How each theme stands, with its runs; one query."""
    return {row.theme: row for row in models.Standing.objects.select_related("run", "last")}


def theme(plan: Plan, standing: models.Standing | None) -> Theme:
    """A theme of the content with how it stands."""
    model = content.folder(plan.theme).model
    return Theme(
        id=model.id,
        name=model.name,
        owner=model.owner,
        basis=model.basis,
        about=model.about,
        named=model.named,
        tables=_tables(plan, {table.name: table for table in model.tables}),
        audits=tuple(plan.audits),
        measures=measures(model),
        inputs=plan.inputs,
        state=ThemeState(standing.state) if standing else ThemeState.NEVER,
        why=Why(text=standing.why, params=standing.why_params) if standing else Why(),
        run=run(standing.run) if standing and standing.run else None,
        last=run(standing.last) if standing and standing.last else None,
    )


def measures(model: content.Model) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            id=f"themes.{model.id}_{one.name}",
            theme=model.id,
            name=one.title,
            caliber=one.caliber,
            unit=one.unit,
            table=f"{PREFIX}{model.id}.{one.table}",
            column=one.column,
            label=one.label,
            division=one.division,
        )
        for one in model.indicators
    )


def _tables(plan: Plan, told: Mapping[str, content.TableText]) -> tuple[ThemeTable, ...]:
    steps = content.folder(plan.theme).steps
    return tuple(
        ThemeTable(
            name=text.name,
            table=table,
            title=text.title,
            columns={column: text.columns[column] for column in select.columns},
            inputs=tuple(sorted(set(select.inputs.values()))),
            sql=steps[text.name],
        )
        for table, select in plan.steps.items()
        for text in (told[table.rpartition(".")[2]],)
    )
