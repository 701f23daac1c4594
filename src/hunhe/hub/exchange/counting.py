"""Counts of a resource: made by a heavy job once per version, told by the lane."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from hunhe.hub.exchange import models
from hunhe.hub.exchange.content import limits
from hunhe.hub.exchange.rules.suppression import MOST_VALUES, Told, tell
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Service
from hunhe.hub.lake import queries as lake
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.stone import clock
from hunhe.stone.errors import Unavailable, msgid
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

JOB = "exchange.count"
_SYSTEM = Who.system("exchange")


@dataclass(frozen=True, slots=True)
class Counts:
    """What may be told of one version. smallest: counts below it are not."""

    version: int
    smallest: int
    told: Mapping[str, Any]

    @property
    def total(self) -> int | None:
        found: int | None = self.told["total"]
        return found

    def cells(self, by: tuple[str, ...]) -> list[dict[str, Any]]:
        """Cells by one or two columns; none where such counts cannot be told at all."""
        for names, cells in self.told["cells"]:
            if set(names) == set(by):
                return [dict(zip((*names, "count"), cell, strict=True)) for cell in cells]
        return []


def counts_of(service: Service) -> Counts:
    """Counts of the newest counted version. Unavailable while none is; a newer one is asked for then."""
    served = lake.served_version(who=_SYSTEM, table=service.table)
    row = models.Counted.objects.filter(resource=service.resource).order_by("-version").first()
    if served is not None and (row is None or row.version != served):
        payload = {"service": service.code, "version": served}
        events.enqueue_job(who=_SYSTEM, kind=JOB, key=f"{service.resource}:{served}", payload=payload)
    if row is None:
        raise Unavailable("exchange.counts.none", msgid("The counts are being made. Ask again in a minute."))
    return Counts(row.version, row.smallest, row.told)


def count_version(job: Job) -> None:
    """In a batch process: count one version by each column and each pair, and keep what may be told."""
    service, version = find_service(str(job.payload["service"])), int(job.payload["version"])
    if service is None:
        return
    least = limits().smallest_count
    engine = lake.connect(who=_SYSTEM)
    try:
        told = _count(engine, lake.scan_sql(who=_SYSTEM, table=service.table, version=version), service, least)
    finally:
        engine.close()
    cells = [[[name], [[value, count] for value, count in line.items()]] for name, line in told.columns.items()]
    cells += [[list(pair), [[*cell, count] for cell, count in grid.items()]] for pair, grid in told.pairs.items()]
    models.Counted.objects.update_or_create(
        resource=service.resource,
        version=version,
        defaults={"smallest": least, "told": {"total": told.total, "cells": cells}, "counted_at": clock.now()},
    )


def _count(engine: "duckdb.DuckDBPyConnection", scan: str, service: Service, least: int) -> Told:
    total = engine.sql(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
    columns: dict[str, dict[str, int]] = {}
    for column in service.columns:
        rows = engine.sql(
            f"SELECT {_text(column.name)}, count(*) FROM {scan} GROUP BY 1 ORDER BY 1 LIMIT {MOST_VALUES + 1}"
        ).fetchall()
        if len(rows) <= MOST_VALUES:
            columns[column.name] = dict(rows)
    pairs = {}
    for first, second in combinations(columns, 2):
        rows = engine.sql(
            f"SELECT {_text(first)}, {_text(second)}, count(*) FROM {scan} GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        pairs[first, second] = {(one, other): count for one, other, count in rows}
    return tell(total, columns, pairs, least)


def _text(column: str) -> str:
    """The column as text; what is missing counts as empty."""
    quoted = '"' + column.replace('"', '""') + '"'
    return f"coalesce(CAST({quoted} AS VARCHAR), '')"
