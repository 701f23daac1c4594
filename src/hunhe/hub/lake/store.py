"""Where a table lies and how its rows in the transaction database become shapes."""

from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from hunhe.hub.lake import engine, models
from hunhe.hub.lake.shapes import Derivation, Edge, Origin, Version
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.paths import DataFolder


def data() -> DataFolder:
    folder: DataFolder = settings.HUNHE_VAR
    return folder


def folder_of(table: str) -> Path:
    return data().lake / table


@cache
def serving_folder(table: str) -> str:
    """As text, because look-ups cannot wait for paths to be put together."""
    return str(data().serving / table)


def shape(row: models.Version) -> Version:
    return Version(row.table, row.version, row.seq, row.rows, row.columns, row.at)


def derivation(row: models.Derivation, at: datetime) -> Derivation:
    """at: the moment of its version."""
    edges = tuple(Edge(*edge) for edge in row.edges)
    return Derivation(row.table, row.version, at, Origin(row.run, row.digest, row.inputs, edges))


def version_row(table: str, version: int | None) -> models.Version:
    """The version readers follow, or the one asked for; NotFound otherwise."""
    if version is None:
        version = models.Table.objects.filter(name=table).values_list("version", flat=True).first()
    row = models.Version.objects.filter(table=table, version=version).first() if version is not None else None
    if row is None:
        raise NotFound("lake.table.empty", msgid("Nothing has been loaded into %(table)s yet."), table=table)
    return row


def file_rows(table: str, version: int) -> list[models.File]:
    """The data files that make up one version."""
    alive = models.File.objects.filter(table=table, added__lte=version).exclude(removed__lte=version)
    return list(alive.order_by("added", "id"))


def scan_of(row: models.Version) -> str:
    """Text for DuckDB's FROM: the version's files, or typed nothing."""
    files = file_rows(row.table, row.version)
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {engine.name(column)}" for column, kind in row.columns.items())
        return f"(SELECT {nothing} WHERE false)"
    paths = ", ".join(engine.quote(str(folder_of(row.table) / file.path)) for file in files)
    return f"read_parquet([{paths}], union_by_name = true)" if len(files) > 1 else f"read_parquet([{paths}])"
