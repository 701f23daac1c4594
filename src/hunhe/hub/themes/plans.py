"""From the themes' SQL to the order in which it runs: inputs, steps and lineage are found in the text, cycles are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Edge, Select
from hunhe.hub.themes import content
from hunhe.hub.themes.content import Folder
from hunhe.hub.themes.inputs import Input, inputs
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who

WHO = Who.system("themes")
PREFIX = "theme."


@dataclass(frozen=True, slots=True)
class Plan:
    """How one theme runs. steps: its tables in order, each with the SQL as it is run; inputs: lake tables from outside."""

    theme: str
    steps: Mapping[str, Select]
    audits: Mapping[str, Select]
    inputs: tuple[str, ...]

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(edge for step in self.steps.values() for edge in step.edges)


@dataclass(slots=True)
class Planner:
    """Reads every step once, whatever the order of asking."""

    folders: Mapping[str, Folder]
    known: Mapping[str, Input]
    done: dict[str, Select] = field(default_factory=dict)
    doing: list[str] = field(default_factory=list)

    def plan(self, theme: str) -> Plan:
        """Invalid says which step cannot run and why."""
        found = self.folders[theme]
        for step in sorted(found.steps):
            self.read(f"{PREFIX}{theme}.{step}")
        own = {table: select for table, select in self.done.items() if table.startswith(f"{PREFIX}{theme}.")}
        audits = {audit.name: self._select(theme, audit.sql) for audit in found.audits}
        outside = {table for select in own.values() for table in select.inputs.values() if table not in own}
        return Plan(theme, own, audits, tuple(sorted(outside)))

    def read(self, table: str) -> Select:
        """A step by its table, after all that it reads from."""
        if table in self.doing:
            raise Invalid(
                "themes.plan.cycle",
                msgid("%(one)s and %(other)s rest on each other."),
                one=table.removeprefix(PREFIX),
                other=self.doing[-1].removeprefix(PREFIX),
            )
        if table not in self.done:
            theme, _, step = table.removeprefix(PREFIX).partition(".")
            self.doing.append(table)
            found = self._select(theme, self.folders[theme].steps[step])
            self.doing.pop()
            self.done[table] = found
        return self.done[table]

    def _select(self, theme: str, sql: str) -> Select:
        read = lake.read_select(who=WHO, sql=sql, columns=lambda name: self._columns(theme, name))
        full = {table: self._full(theme, table) for table in read.inputs.values()}
        return replace(
            read,
            inputs={plain: full[table] for plain, table in read.inputs.items()},
            edges=tuple(replace(edge, source=full[edge.source]) for edge in read.edges),
        )

    def _full(self, theme: str, name: str) -> str:
        return f"{PREFIX}{theme}.{name}" if name in self.folders[theme].steps else name

    def _columns(self, theme: str, name: str) -> tuple[str, ...] | None:
        full = self._full(theme, name)
        if full.startswith(PREFIX):
            other, _, step = full.removeprefix(PREFIX).partition(".")
            known = other in self.folders and step in self.folders[other].steps
            return self.read(full).columns if known else None
        return self.known[full].columns if full in self.known else None


def plans() -> dict[str, Plan]:
    """Every theme in force, each after those it reads from."""
    files = content.files()
    known = inputs()
    mark = (files, tuple((name, one.columns) for name, one in known.items()))
    if mark not in _kept:
        planner = Planner(content.folders(), known)
        _kept.clear()  # one city's content at a time
        _kept[mark] = _in_order({theme: planner.plan(theme) for theme in planner.folders})
    return _kept[mark]


_kept: dict[object, dict[str, Plan]] = {}


def _in_order(found: Mapping[str, Plan]) -> dict[str, Plan]:
    ordered: dict[str, Plan] = {}
    waiting = dict(sorted(found.items()))
    while waiting:
        for theme in [name for name, plan in waiting.items() if not above(plan) & waiting.keys()]:
            ordered[theme] = waiting.pop(theme)
    return ordered


def above(plan: Plan) -> set[str]:
    """The themes that a theme reads from."""
    return {table.split(".")[1] for table in plan.inputs if table.startswith(PREFIX)}
