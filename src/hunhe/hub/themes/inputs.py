"""What a model may read: departments' lists as their contracts have them, and bases."""

from collections.abc import Mapping
from dataclasses import dataclass

from hunhe.hub.bases import queries as bases
from hunhe.hub.collect import queries as collect
from hunhe.hub.collect.shapes import OWN_COLUMNS
from hunhe.stone.who import Who

WHO = Who.system("themes")


@dataclass(frozen=True, slots=True)
class Input:
    """A table that models may read. personal: columns that tell of one person; titles: what people call the columns."""

    table: str
    name: str
    department: str
    titles: Mapping[str, str]
    personal: frozenset[str]
    columns: tuple[str, ...]


def inputs() -> dict[str, Input]:
    """All of them, by table; from the content at hand."""
    lists = (
        Input(
            table=dataset.id,
            name=dataset.name,
            department=dataset.department,
            titles={field.name: field.title for field in dataset.fields},
            personal=frozenset(field.name for field in dataset.fields if field.sensitive != "none"),
            columns=(*(field.name for field in dataset.fields), *OWN_COLUMNS),
        )
        for dataset in collect.contracts(who=WHO)
    )
    golden = (
        Input(
            table=one.table,
            name=one.name,
            department=one.owner,
            titles=one.titles,
            personal=one.personal,
            columns=tuple(one.titles),
        )
        for one in bases.list_tables(who=WHO)
    )
    return {one.table: one for one in (*lists, *golden)}
