"""What rests on a column: walked down the lineage of what was run, then asked of everybody who serves from there."""

from collections.abc import Mapping

from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Reached as Node
from hunhe.hub.themes import content, inputs, models, store, withdrawals
from hunhe.hub.themes.plans import PREFIX
from hunhe.hub.themes.shapes import FindReached, Measure, Reach, Reached
from hunhe.kernel.indicators import queries as indicators
from hunhe.stone.who import Who
from hunhe.ui.pages import link

WHO = Who.system("themes")
finders: dict[str, FindReached] = {}


def reach(table: str, column: str) -> Reach:
    """Everything that rests on a column, nearest first; the column itself is where services are asked too."""
    nodes = lake.lineage(who=WHO, table=table, column=column, down=True)
    columns: dict[str, set[str]] = {table: {column}}
    steps: dict[str, int] = {table: 0}
    for node in nodes:
        columns.setdefault(node.table, set()).add(node.column)
        steps.setdefault(node.table, node.steps)
    reached = {name: frozenset(found) for name, found in columns.items()}
    found = [*_models(nodes), *_measured(reached, steps), *_counted(reached, steps)]
    found += [one for find in finders.values() for one in find(reached)]
    row = models.Withdrawal.objects.filter(table=table, column=column, lifted_at=None).first()
    return Reach(
        table=table,
        column=column,
        found=tuple(sorted(found, key=lambda one: (one.kind, one.steps, one.id))),
        withdrawal=store.withdrawal(row) if row else None,
    )


def _models(nodes: tuple[Node, ...]) -> list[Reached]:
    """Bases and themes, each once, by the first of its columns that is reached."""
    names = {name: folder.model.name for name, folder in content.folders().items()}
    bases = {one.table: one.name for one in inputs.inputs().values() if one.table.startswith("base.")}
    found: dict[str, Reached] = {}
    for node in nodes:
        via = f"{node.table}.{node.column}" if node.column else node.table
        if node.table.startswith(PREFIX):
            theme = node.table.split(".")[1]
            name = names.get(theme, theme)
            one = Reached(kind="theme", id=theme, name=name, via=via, url=link("themes:theme", theme), steps=node.steps)
        else:
            base = ".".join(node.table.split(".")[:2])
            url = link("bases:base", base.split(".")[1])
            one = Reached(kind="base", id=base, name=bases.get(base, base), via=via, url=url, steps=node.steps)
        found.setdefault(one.id, one)
    return list(found.values())


def _measured(reached: Mapping[str, frozenset[str]], steps: Mapping[str, int]) -> list[Reached]:
    """Indicators that themes feed."""
    measures = (one for folder in content.folders().values() for one in store.measures(folder.model))
    return [
        Reached(
            kind="indicator",
            id=one.id,
            name=one.name,
            via=f"{one.table}.{one.column}",
            url=link("themes:theme", one.theme),
            steps=steps[one.table] + 1,
        )
        for one in measures
        if touches(one, reached)
    ]


def touches(one: Measure, reached: Mapping[str, frozenset[str]]) -> bool:
    """Whether an indicator's value, or which lines it has, rests on one of these columns."""
    return bool(reached.get(one.table, frozenset()) & {"", one.column, *filter(None, (one.label, one.division))})


def _counted(reached: Mapping[str, frozenset[str]], steps: Mapping[str, int]) -> list[Reached]:
    """Indicators of other rooms that say which tables they count."""
    return [
        Reached(
            kind="indicator",
            id=one.id,
            name=one.name,
            via=table,
            url=link("cockpit:drill", one.id),
            steps=steps[table] + 1,
        )
        for one in indicators.list_indicators(who=WHO)
        for table in one.reads
        if "" in reached.get(table, frozenset()) or (table, "subject_id") in {(t, c) for t in reached for c in reached[t]}
    ]


def greyed() -> dict[str, str]:
    """Indicators that rest on a withdrawn column: id → which one and why."""
    found: dict[str, str] = {}
    for row in withdrawals.in_force():
        for one in reach(row.table, row.column).found:
            if one.kind == "indicator":
                found.setdefault(one.id, f"{row.table}.{row.column}")
    return found
