"""前置庫, the exchange database: a department writes rows there, then a header; the hub takes them and writes back what became of them.

`hunhe_batch`: batch_no, dataset, row_count, state (ready → taken → loaded | refused), reason, loaded, quarantined,
repeated, taken_at, answered_at. `hunhe_reason`: batch_no, rule, field, row_count. The contract names the table of the
rows, which has a column batch_no. Neither side ever opens the other's system.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hunhe.hub.collect import models
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.sources import database, tables
from hunhe.hub.collect.sources.dialects import Dialect
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, NotFound, msgid

if TYPE_CHECKING:
    import duckdb

HEADER, REASON, NUMBER = "hunhe_batch", "hunhe_reason", "batch_no"


def land(
    dataset: Dataset, batch: models.Batch, location: str, secret: str, folder: Path, engine: "duckdb.DuckDBPyConnection"
) -> Spool:
    """Land the oldest delivery that is ready, or the one that this batch took before it was interrupted."""
    name = dataset.source.get("table", "")
    if not database.TABLE.fullmatch(name):
        raise database.no_table()
    with database.opened(location, secret) as (dialect, connection):
        _take(dataset, batch, dialect, connection)
        connection.commit()
        dialect.begin(connection)
        return _land(batch, dialect, connection, database.table_of(dataset, name, dialect, connection), folder, engine)


def _take(dataset: Dataset, batch: models.Batch, dialect: Dialect, connection: Any) -> None:
    if not batch.delivery:
        batch.delivery = _oldest(dataset.id, dialect, connection)
        batch.save(update_fields=["delivery"])
    run(
        dialect,
        connection,
        f"UPDATE {HEADER} SET state = 'taken', taken_at = CURRENT_TIMESTAMP WHERE {NUMBER} = {{}} AND dataset = {{}} AND state = 'ready'",
        (batch.delivery, dataset.id),
    )


def _oldest(dataset: str, dialect: Dialect, connection: Any) -> str:
    (number,) = dialect.first(
        connection, filled(dialect, f"SELECT min({NUMBER}) FROM {HEADER} WHERE dataset = {{}} AND state = 'ready'"), (dataset,)
    )
    if number is None:
        raise NotFound("collect.delivery.none", msgid("The exchange database holds no delivery that is ready."))
    return str(number)


def _land(
    batch: models.Batch,
    dialect: Dialect,
    connection: Any,
    table: database.Table,
    folder: Path,
    engine: "duckdb.DuckDBPyConnection",
) -> Spool:
    where = filled(dialect, f" WHERE {NUMBER} = {{}}")
    values = (batch.delivery,)
    (told,) = dialect.first(connection, f"SELECT row_count FROM {HEADER}{where}", values)
    (count,) = dialect.first(connection, f"SELECT count(*) FROM {table.source}{where}", values)
    if told != count:
        message = msgid("The header of delivery %(delivery)s says %(told)s rows, %(rows)s are there. Nothing was loaded.")
        raise Invalid("collect.delivery.count", message, delivery=batch.delivery, told=told, rows=count)
    selected = table.selected(())
    chosen = ", ".join(f"{sql} AS {dialect.name(column)}" for column, sql in selected.items())
    rows = dialect.stream(connection, f"SELECT {chosen} FROM {table.source}{where}", values)
    tables.write_rows(folder / tables.SPOOL, tuple(selected), rows)
    return Spool(
        format="parquet",
        file=tables.SPOOL,
        columns=tuple(selected),
        rows=int(count),
        digest=tables.rows_digest(engine, folder / tables.SPOOL, tuple(selected)),
        origin=f"{table.name} {batch.delivery}",
        delivery=batch.delivery,
        kinds=table.kinds,
    )


def answer(
    location: str,
    secret: str,
    batch: models.Batch,
    books: models.Batch,
    state: str,
    reason: str,
    reasons: Sequence[models.Quarantine],
) -> bool:
    """Write back what became of a delivery; saying it again changes nothing. True when another delivery waits.

    books: the batch that did the work, an earlier one for a delivery that brought the same rows again.
    """
    with database.opened(location, secret) as (dialect, connection):
        run(
            dialect,
            connection,
            f"UPDATE {HEADER} SET state = {{}}, reason = {{}}, loaded = {{}}, quarantined = {{}}, repeated = {{}},"
            f" answered_at = CURRENT_TIMESTAMP WHERE {NUMBER} = {{}}",
            (state, reason[:500], books.loaded, books.quarantined, books.duplicates, batch.delivery),
        )
        run(dialect, connection, f"DELETE FROM {REASON} WHERE {NUMBER} = {{}}", (batch.delivery,))
        for held in reasons:
            text = f"INSERT INTO {REASON} ({NUMBER}, rule, field, row_count) VALUES ({{}}, {{}}, {{}}, {{}})"
            run(dialect, connection, text, (batch.delivery, held.rule, held.field, held.rows))
        connection.commit()
        text = filled(dialect, f"SELECT count(*) FROM {HEADER} WHERE dataset = {{}} AND state = 'ready'")
        (waiting,) = dialect.first(connection, text, (batch.dataset,))
    return bool(waiting)


def run(dialect: Dialect, connection: Any, text: str, values: Sequence[Any]) -> None:
    cursor = connection.cursor()
    cursor.execute(filled(dialect, text), list(values))
    cursor.close()


def filled(dialect: Dialect, text: str) -> str:
    """`{}` as the driver's own sign for a value."""
    return text.format(*(dialect.sign(number + 1) for number in range(text.count("{}"))))
