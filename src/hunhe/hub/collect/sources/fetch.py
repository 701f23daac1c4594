"""Landing the rows of one batch, whatever the kind of its source."""

from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.collect import models, sealing, spool
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.sources import database, drop, exchange_database, files, rest
from hunhe.stone.errors import Invalid, Unavailable, msgid

if TYPE_CHECKING:
    import duckdb

RECEIVED = "received"  # what was uploaded lies under this name, with its own ending


def land(dataset: Dataset, batch: models.Batch, folder: Path, engine: "duckdb.DuckDBPyConnection") -> spool.Spool:
    """Bring the source's rows into the batch folder and write the manifest last."""
    folder.mkdir(parents=True, exist_ok=True)
    landed = _land(dataset, batch, folder, engine)
    if landed.format == "parquet" and not landed.columns:
        raise Invalid("collect.file.empty", msgid("The file has no heading line. The first line must name the columns."))
    spool.save(folder, landed)
    return landed


def _land(dataset: Dataset, batch: models.Batch, folder: Path, engine: "duckdb.DuckDBPyConnection") -> spool.Spool:
    uploaded = next(iter(folder.glob(f"{RECEIVED}*")), None)
    if uploaded is not None:
        origin = (folder / "origin").read_text(encoding="utf-8")
        return files.land(uploaded, folder, engine, origin)
    connection = models.Connection.objects.filter(pk=dataset.connection).first()
    if connection is None:
        raise Unavailable("collect.connection.unset", msgid("The connection %(name)s is not set yet."), name=dataset.connection)
    secret = sealing.unseal(connection.secret, connection.name)
    match dataset.kind:
        case "database":
            return database.land(dataset, connection.location, secret, folder, engine)
        case "exchange_database":
            return exchange_database.land(dataset, batch, connection.location, secret, folder, engine)
        case "drop":
            return drop.land(dataset, batch, connection.location, folder, engine)
        case "rest":
            return rest.land(dataset, connection.location, secret, folder, engine)
        case "files" | "excel":
            source = files.newest(connection.location, dataset.source.get("pattern", "*"))
            return files.land(source, folder, engine, source.name)
        case "upload":
            raise Invalid(
                "collect.source.upload", msgid("The rows of this dataset are sent as files; there is nothing to fetch.")
            )
