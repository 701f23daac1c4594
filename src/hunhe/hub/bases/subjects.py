"""Opaque ids that outlive builds: a cluster keeps the id its rows had; a new one gets an id that follows from its anchor.

Works on `clusters` and `records`; leaves `subjects(cluster, subject_id, new)` and returns the aliases that merges made.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
from django.conf import settings

from hunhe.stone import ids
from hunhe.stone.crypto import key_file, profile

if TYPE_CHECKING:
    import duckdb

    Engine = duckdb.DuckDBPyConnection

STEP = 50_000
Namer = Callable[[str], str]


def namer(prefix: str) -> Namer:
    """The id that follows from an anchor under this city's own key: nobody without the key can tell whose it is."""
    crypto = profile(settings.HUNHE_CRYPTO)
    key = key_file(settings.HUNHE_KEYS, "bases.subjects.key", crypto.new_key)
    return lambda anchor: ids.derived(prefix, crypto.keyed_digest(key, anchor.encode()))


def name_subjects(
    engine: "Engine", name: Namer, before: str | None, aliases: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """before: FROM text of the previous build's links, None for the first. Returns new aliases as (alias, subject)."""
    _load(engine, "aliases", ("alias", "subject_id"), [aliases])
    if before is None:
        engine.execute("CREATE OR REPLACE TEMP TABLE kept (cluster VARCHAR, subject_id VARCHAR)")
        engine.execute("CREATE OR REPLACE TEMP TABLE known (subject_id VARCHAR)")
        merged: list[tuple[str, str]] = []
    else:
        _keep(engine, before, name)
        merged = _merged(engine)
    _name_new(engine, name)
    return merged


def _keep(engine: "Engine", before: str, name: Namer) -> None:
    """Each former id goes to one cluster: the one it was made for, else the one with most of its rows; ties by name."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE votes AS SELECT c.cluster, coalesce(a.subject_id, b.subject_id) AS subject_id, count(*) AS rows "
        f"FROM {before} b JOIN records t ON t.dataset = b.dataset AND t.key = b.key JOIN clusters c USING (rid) "
        "LEFT JOIN aliases a ON a.alias = b.subject_id GROUP BY ALL"
    )
    contested = engine.execute(
        "SELECT DISTINCT cluster FROM votes WHERE subject_id IN (SELECT subject_id FROM votes GROUP BY 1 HAVING count(*) > 1)"
    ).fetchall()
    _load(engine, "native", ("cluster", "subject_id"), [[(cluster, name(cluster)) for (cluster,) in contested]])
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE kept AS SELECT cluster, subject_id FROM (SELECT v.*, n.cluster IS NOT NULL AS own "
        "FROM votes v LEFT JOIN native n USING (cluster, subject_id) "
        "QUALIFY row_number() OVER (PARTITION BY subject_id ORDER BY own DESC, rows DESC, cluster) = 1) "
        "QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY own DESC, rows DESC, subject_id) = 1"
    )
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT DISTINCT subject_id FROM {before} UNION SELECT alias FROM aliases "
        "UNION SELECT subject_id FROM aliases"
    )


def _merged(engine: "Engine") -> list[tuple[str, str]]:
    """Former ids that nobody keeps although all their rows went to one other subject."""
    rows = engine.execute(
        "SELECT v.subject_id, min(k.subject_id) FROM votes v JOIN kept k USING (cluster) "
        "WHERE v.subject_id NOT IN (SELECT subject_id FROM kept) GROUP BY v.subject_id HAVING count(DISTINCT k.subject_id) = 1"
    ).fetchall()
    return [(str(alias), str(subject)) for alias, subject in rows]


def _name_new(engine: "Engine", name: Namer) -> None:
    """Clusters without an id, named step by step so that memory does not grow with the city."""
    engine.execute(
        "CREATE OR REPLACE TABLE nameless AS SELECT DISTINCT cluster FROM clusters WHERE cluster NOT IN (SELECT cluster FROM kept)"
    )
    # A cursor of its own: an engine streams one answer at a time.
    reader = engine.cursor().sql("SELECT cluster FROM nameless").to_arrow_reader(STEP)
    _fill(engine, "fresh", ("cluster", "subject_id"), (_named(batch, name) for batch in reader))
    taken = engine.execute("SELECT f.cluster FROM fresh f JOIN known USING (subject_id)").fetchall()
    known = {row[0] for row in engine.execute("SELECT f.subject_id FROM fresh f").fetchall()} if taken else set()
    known |= {row[0] for row in engine.execute("SELECT subject_id FROM known").fetchall()} if taken else set()
    for (cluster,) in sorted(taken):
        other = _unused(str(cluster), name, known)
        known.add(other)
        engine.execute("UPDATE fresh SET subject_id = ? WHERE cluster = ?", [other, cluster])
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE subjects AS SELECT cluster, subject_id, false AS new FROM kept "
        "UNION ALL SELECT cluster, subject_id, true FROM fresh"
    )


def _named(batch: pa.RecordBatch, name: Namer) -> tuple[list[str], list[str]]:
    anchors = batch.column(0).to_pylist()
    return anchors, [name(anchor) for anchor in anchors]


def _unused(cluster: str, name: Namer, known: set[str]) -> str:
    """An anchor whose id lives on with somebody else is told apart by a number behind it."""
    number = 2
    while (found := name(f"{cluster}#{number}")) in known:
        number += 1
    return found


def _load(engine: "Engine", table: str, columns: tuple[str, str], rows: Iterable[Iterable[tuple[str, str]]]) -> None:
    pairs = [pair for part in rows for pair in part]
    _fill(engine, table, columns, iter([([a for a, _ in pairs], [b for _, b in pairs])]))


def _fill(engine: "Engine", table: str, columns: tuple[str, str], parts: Iterator[tuple[list[str], list[str]]]) -> None:
    schema = pa.schema([(column, pa.string()) for column in columns])
    batches = (pa.record_batch([pa.array(one, pa.string()), pa.array(two, pa.string())], schema=schema) for one, two in parts)
    reader = pa.RecordBatchReader.from_batches(schema, batches)
    engine.register("filling", reader)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM filling")
    engine.unregister("filling")
