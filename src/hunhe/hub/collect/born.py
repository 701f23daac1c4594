"""Rows born in Hunhe, laid in staging like an upload."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hunhe.hub.collect import store
from hunhe.hub.collect.sources.fetch import RECEIVED
from hunhe.stone import ids
from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    import pyarrow as pa


def lay_down(rows: "pa.Table | Sequence[Mapping[str, object]]") -> str:
    """Write the rows as Parquet for a batch to be; return its id."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist([dict(row) for row in rows])
    except pa.ArrowException as error:
        raise Invalid("collect.rows.shape", msgid("The rows do not have one shape.")) from error
    batch = ids.new("bat")
    folder = store.folder_of(batch)
    folder.mkdir(parents=True)
    pq.write_table(table, folder / f"{RECEIVED}.parquet")
    (folder / "origin").write_text("rows.parquet", encoding="utf-8")
    return batch
