"""What a base's columns rest on: read off its cleaning SELECT, and off who has the say over which field."""

from collections.abc import Mapping

from hunhe.hub.bases import sql
from hunhe.hub.bases.content import Base
from hunhe.hub.collect import queries as collect
from hunhe.hub.collect.shapes import OWN_COLUMNS
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Edge, Select
from hunhe.stone.who import Who

WHO = Who.system("bases.build")
PLACE = ("key", "batch", "line", "as_of")


def clean(found: Base, inputs: Mapping[str, int | None]) -> Select:
    """The cleaning SELECT as it is run. inputs: dataset → the version read."""
    columns = {source.input: _columns(source.dataset, inputs[source.dataset]) for source in found.model.sources}
    return lake.read_select(who=WHO, sql=found.clean, columns=columns.get, words=sql.NAMES)


def edges(found: Base, inputs: Mapping[str, int | None]) -> dict[str, tuple[Edge, ...]]:
    """Edges of both tables of a base. A field rests on the sources that have a say over it, every row on the anchor."""
    model = found.model
    datasets = {source.input: source.dataset for source in model.sources}
    authority = {field.name: field.authority for field in model.fields}
    read = clean(found, inputs).edges
    of_field = [edge for edge in read if edge.source in authority.get(edge.column, ())]
    rows = {Edge(datasets[edge.source], edge.source_column, "", "rows") for edge in read if edge.column in (model.anchor, "")}
    named = {compare.field for compare in found.match.compare} if found.match else set()
    rows |= {
        Edge(datasets[edge.source], edge.source_column, "subject_id", "rows")
        for edge in read
        if edge.column in named | {model.anchor}
    }
    golden = {Edge(datasets[edge.source], edge.source_column, edge.column, "value") for edge in of_field}
    links = {Edge(datasets[edge.source], edge.source_column, f"lost_{edge.column}", "value") for edge in of_field}
    links |= {Edge(datasets[edge.source], edge.source_column, edge.column, "value") for edge in read if edge.column in PLACE}
    table = f"base.{model.id}"
    return {table: tuple(sorted(golden | rows)), f"{table}.links": tuple(sorted(links | rows))}


def _columns(dataset: str, version: int | None) -> tuple[str, ...]:
    """A list's columns: as they were loaded, or as its contract says while nothing has come."""
    loaded = next((one for one in lake.versions(who=WHO, table=dataset) if one.version == version), None)
    if loaded is not None:
        return tuple(loaded.columns)
    contract = collect.dataset_by_id(who=WHO, dataset=dataset)
    return (*(field.name for field in contract.fields), *OWN_COLUMNS)
