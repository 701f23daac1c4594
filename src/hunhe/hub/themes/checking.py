"""What `city check` asks of themes, and what an apply does with them."""

from collections.abc import Iterator

from hunhe.hub.lake.shapes import Select
from hunhe.hub.themes import content
from hunhe.hub.themes.content import CHECKS, MODEL, NAME, RIGHTS, Folder
from hunhe.hub.themes.inputs import Input, inputs
from hunhe.hub.themes.plans import PREFIX, Planner
from hunhe.kernel.city import actions as city
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who


def register() -> None:
    city.register_content(who=Who.system("start"), room="themes", check=check, apply=apply, after=("collect", "bases"))


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Folders are whole; SQL is SELECTs over known columns in an order; every column has a title; nobody's data is shown."""
    known = inputs()
    found = dict(content.parts(files))
    for name, parts in found.items():
        if MODEL not in parts:
            yield next(iter(parts.values())).doubt("", f"{MODEL} is missing beside it")
            return
        yield from _named(name, parts)
    planner = Planner(content.folders(), known)
    for name, parts in found.items():
        yield from _planned(planner, name, parts)
    for file in files:
        if file.path.endswith(RIGHTS):
            yield from _rights(file, known, planner)


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Nothing is kept: runs read the files in force, and their text is part of what a run is made from."""


def _named(name: str, parts: dict[str, ContentFile]) -> Iterator[Doubt]:
    file, model = parts[MODEL], parts[MODEL].read_as(content.Model)
    if model.id != name:
        yield file.doubt("id", f"The file lies under {name}")
    told = [table.name for table in model.tables]
    written = sorted(part.removesuffix(".sql") for part in parts if part.endswith(".sql") and part != CHECKS)
    for table in sorted(set(told) ^ set(written)):
        yield file.doubt(f"tables.{table}", "A table has one entry here and one SQL file of its name")
    for word in (name, *told, *(one.name for one in model.indicators)):
        if not NAME.fullmatch(word):
            yield file.doubt(word, "A name is lower-case letters, digits and _")


def _planned(planner: Planner, name: str, parts: dict[str, ContentFile]) -> Iterator[Doubt]:
    folder = planner.folders[name]
    for step in sorted(folder.steps):
        try:
            planner.read(f"{PREFIX}{name}.{step}")
        except Invalid as error:
            yield parts[f"{step}.sql"].doubt("", str(error))
            return
    try:
        plan = planner.plan(name)
    except Invalid as error:
        yield parts[CHECKS].doubt("", str(error))
        return
    if not plan.audits:
        yield parts[MODEL].doubt("", f"{CHECKS} with at least one check is missing beside it")
    for audit, select in plan.audits.items():
        for table in sorted(set(select.inputs.values()) - set(plan.inputs) - set(plan.steps)):
            yield parts[CHECKS].doubt(audit, f"A check reads what its theme reads, not {table}")
    yield from _titled(planner, name, folder, parts[MODEL])


def _titled(planner: Planner, name: str, folder: Folder, file: ContentFile) -> Iterator[Doubt]:
    for table in folder.model.tables:
        select = planner.read(f"{PREFIX}{name}.{table.name}")
        for column in sorted(set(select.columns) ^ set(table.columns)):
            yield file.doubt(f"tables.{table.name}.columns.{column}", "Every column of the SQL has a title, and no other")
        for column, source in sorted(_shown(planner, select)):
            yield file.doubt(f"tables.{table.name}.columns.{column}", f"It would show {source}, which tells of one person")
    columns = {table.name: table.columns for table in folder.model.tables}
    for one in folder.model.indicators:
        for column in (one.column, one.label or one.column, one.division or one.column):
            if column not in columns.get(one.table, ()):
                yield file.doubt(f"indicators.{one.name}", f"There is no column {one.table}.{column}")


def _shown(planner: Planner, select: Select) -> set[tuple[str, str]]:
    """Columns that carry a personal value out, neither counted nor compared: (column, where it is from)."""
    found = set()
    for edge in select.edges:
        if edge.how != "value":
            continue
        if edge.source.startswith(PREFIX):
            above = _shown(planner, planner.read(edge.source))
            found |= {(edge.column, source) for column, source in above if column == edge.source_column}
        elif edge.source_column in planner.known[edge.source].personal:
            found.add((edge.column, f"{edge.source}.{edge.source_column}"))
    return found


def _rights(file: ContentFile, known: dict[str, Input], planner: Planner) -> Iterator[Doubt]:
    """A right is given by whose table it is, and for columns that it has."""
    for one in file.read_as(content.Rights).rights:
        place = f"rights.{one.owner}.{one.table}"
        if one.table in known:
            giver, columns = known[one.table].department, known[one.table].columns
        elif one.table in planner.done:
            giver, columns = planner.folders[one.table.split(".")[1]].model.owner, planner.done[one.table].columns
        else:
            yield file.doubt(place, f"There is no table {one.table}")
            continue
        if giver != one.given_by:
            yield file.doubt(place, f"{one.table} is {giver}'s to give")
        for column in sorted(set(one.columns) - set(columns)):
            yield file.doubt(place, f"There is no column {one.table}.{column}")
