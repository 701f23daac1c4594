"""Loading: good rows into the lake, bad ones into quarantine, differences into the change table.

Order matters after a crash: quarantine and changes first, current rows last. Each commit is done once per batch, so a
batch run again finishes what is missing, and readers see the new rows only when everything else is in place.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.collect import marks
from hunhe.hub.collect.check import MALFORMED, Checked, numbered
from hunhe.hub.collect.checks import name, quote, typed
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.spool import BUCKET, MARK, Spool
from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import queries as lake_queries
from hunhe.hub.lake.shapes import Lease, Mode, Version
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

WHO = Who.system("collect.batch")
ROWS_A_STEP = 30_000
CONFLICT = "key.conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where the rows of a batch go, before anything is written."""

    good: int
    quarantined: int
    duplicates: int


def prepare(dataset: Dataset, spool: Spool, checked: Checked, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Split:
    """Find keys that come more than once and count the three ways out. Makes the tables that the writers read, once per engine."""
    if not engine.sql("SELECT 1 FROM duckdb_tables() WHERE table_name = 'winners'").fetchall():
        _prepare(dataset, spool, checked, folder, engine)
    repeated, conflicting = engine.sql(
        "SELECT coalesce(sum(n - 1) FILTER (clear), 0), coalesce(sum(n) FILTER (NOT clear), 0) FROM winners"
    ).fetchall()[0]
    good = checked.landed - checked.malformed - checked.bad - int(repeated) - int(conflicting)
    return Split(good=good, quarantined=checked.malformed + checked.bad + int(conflicting), duplicates=int(repeated))


def _prepare(dataset: Dataset, spool: Spool, checked: Checked, folder: Path, engine: "duckdb.DuckDBPyConnection") -> None:
    rows = numbered(spool, folder, checked.malformed)
    engine.execute(f"CREATE TEMP VIEW rows_in AS SELECT * FROM {rows}").fetchall()
    latest = f"max({name(dataset.latest)})" if dataset.latest else "NULL"
    engine.execute(
        f"CREATE TEMP TABLE twice AS SELECT _key, count(*) AS n, {latest} AS latest FROM rows_in WHERE _bad = 0 GROUP BY _key HAVING count(*) > 1"
    ).fetchall()
    best = f"AND (t.latest IS NULL OR r.{name(dataset.latest)} = t.latest)" if dataset.latest else ""
    engine.execute(
        "CREATE TEMP TABLE winners AS SELECT r._key, any_value(t.n) AS n, min(r._line) AS line, count(DISTINCT r._hash) = 1 AS clear"
        f" FROM rows_in r JOIN twice t USING (_key) WHERE r._bad = 0 {best} GROUP BY r._key"
    ).fetchall()


def commit_quarantine(
    dataset: Dataset, checked: Checked, folder: Path, batch: str, seq: int, engine: "duckdb.DuckDBPyConnection"
) -> None:
    """All rows held back, with the first rule each broke, all others, and the row as it came."""
    _commit(f"{dataset.id}.quarantine", quarantine_sql(dataset, checked, folder, batch), batch, seq, engine)


def quarantine_sql(dataset: Dataset, checked: Checked, folder: Path, batch: str) -> str:
    """SELECT of the rows held back: _batch, _line, rule, field, reasons (JSON), row (JSON)."""
    listed = (
        ", ".join(f"({1 << bit}, {quote(entry.rule)}, {quote(entry.field)})" for bit, entry in enumerate(checked.checks))
        or "(0, '', '')"
    )
    row = "to_json({" + ", ".join(f"{quote(field.name)}: {name(field.name)}" for field in dataset.fields) + "})"
    keys = dataset.key[0] if dataset.key else ""
    return (
        f"WITH rules(bit, rule, field) AS (VALUES {listed}),"
        f" bad AS (SELECT _line, _bad, CAST({row} AS VARCHAR) AS row FROM rows_in WHERE _bad <> 0),"
        " broken AS (SELECT _line, any_value(row) AS row, arg_min(rule, bit) AS rule, arg_min(field, bit) AS field,"
        " CAST(to_json(list([rule, field] ORDER BY bit)) AS VARCHAR) AS reasons FROM bad JOIN rules ON (_bad & bit) <> 0 GROUP BY _line)"
        f" SELECT {quote(batch)} AS _batch, _line, rule, field, reasons, row FROM broken"
        f" UNION ALL SELECT {quote(batch)}, r._line, '{CONFLICT}', {quote(keys)}, CAST(to_json([[{quote(CONFLICT)}, {quote(keys)}]]) AS VARCHAR),"
        f" CAST({row} AS VARCHAR) FROM rows_in r JOIN winners w USING (_key) WHERE r._bad = 0 AND NOT w.clear"
        f" UNION ALL SELECT {quote(batch)}, line, 'malformed', '', CAST(to_json([['malformed', reason]]) AS VARCHAR),"
        f" CAST(json_object('text', left(text, 2000)) AS VARCHAR) FROM read_parquet({quote(str(folder / MALFORMED))})"
    )


def settle_scope(dataset: Dataset, spool: Spool, seq: int, engine: "duckdb.DuckDBPyConnection") -> None:
    """Make `scope`: the keys about which a partial delivery says everything. What it does not bring of them is gone."""
    if is_complete(dataset, spool):
        return
    keys = "SELECT DISTINCT _key FROM rows_in"
    known = marks.before(dataset.id, seq) if spool.buckets else None
    if known is not None:
        scan = lake_queries.scan_sql(who=WHO, table=dataset.id + marks.TABLE, version=known.version)
        keys += f" UNION SELECT _key FROM {scan} WHERE {_in_buckets(spool)}"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE scope AS {keys}").fetchall()


def is_complete(dataset: Dataset, spool: Spool) -> bool:
    return dataset.mode == "full" or spool.complete


def _in_buckets(spool: Spool) -> str:
    return f"left(_bucket, {len(spool.buckets[0])}) IN ({', '.join(quote(bucket) for bucket in spool.buckets)})"


def commit_changes(
    dataset: Dataset, spool: Spool, batch: str, seq: int, current: Version | None, engine: "duckdb.DuckDBPyConnection"
) -> dict[str, int]:
    """Keys added, changed and removed against the rows readers see now. A first load is the baseline and writes none."""
    if current is None or current.seq >= seq:
        return {}
    before = f"(SELECT _key, _hash FROM {lake_queries.scan_sql(who=WHO, table=dataset.id, version=current.version)})"
    if not is_complete(dataset, spool):
        before = f"(SELECT b.* FROM {before} b SEMI JOIN scope USING (_key))"
    kind = "CASE WHEN o._key IS NULL THEN 'added' WHEN n._key IS NULL THEN 'removed' ELSE 'changed' END"
    source = f"(SELECT _key, _hash FROM ({good_sql()})) n FULL OUTER JOIN {before} o ON o._key = n._key"
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE changes AS SELECT {quote(batch)} AS _batch, coalesce(n._key, o._key) AS _key, {kind} AS change,"
        f" o._hash AS hash_before, n._hash AS hash_after FROM {source} WHERE o._hash IS DISTINCT FROM n._hash"
    ).fetchall()
    _commit(f"{dataset.id}.changes", "SELECT * FROM changes", batch, seq, engine)
    return dict(engine.sql("SELECT change, count(*) FROM changes GROUP BY change").fetchall())


def commit_marks(dataset: Dataset, spool: Spool, batch: str, seq: int, engine: "duckdb.DuckDBPyConnection") -> None:
    """What the source holds by now, good rows and bad, for the next comparison."""
    if not spool.marked:
        return
    rows = f"SELECT _key, {MARK}, {BUCKET} FROM rows_in"
    known = marks.before(dataset.id, seq)
    if known is not None and not is_complete(dataset, spool):
        scan = lake_queries.scan_sql(who=WHO, table=dataset.id + marks.TABLE, version=known.version)
        rows += f" UNION ALL BY NAME SELECT b.* FROM {scan} b ANTI JOIN scope USING (_key)"
    _commit(dataset.id + marks.TABLE, rows, batch, seq, engine, mode="overwrite")


def good_sql() -> str:
    """SELECT of checked rows that go into the lake: unmarked, and one of each key."""
    return "SELECT r.* FROM rows_in r LEFT JOIN winners w ON w._key = r._key WHERE r._bad = 0 AND (w._key IS NULL OR (w.clear AND w.line = r._line))"


def commit_current(
    dataset: Dataset,
    spool: Spool,
    batch: str,
    seq: int,
    current: Version | None,
    lease: Lease,
    engine: "duckdb.DuckDBPyConnection",
) -> Version:
    """Replace or merge the current rows; what readers follow moves here and only here."""
    columns = ", ".join(f"{typed(field)} AS {name(field.name)}" for field in dataset.fields)
    rows = f"SELECT {columns}, _key, _hash, {quote(batch)} AS _batch, CAST(_line AS BIGINT) AS _line FROM ({good_sql()})"
    if not is_complete(dataset, spool) and current is not None and current.seq < seq:
        before = lake_queries.scan_sql(who=WHO, table=dataset.id, version=current.version)
        rows = f"{rows} UNION ALL BY NAME SELECT b.* FROM {before} b ANTI JOIN scope USING (_key)"
    return lake.commit(
        who=WHO, lease=lease, rows=engine.sql(rows).to_arrow_reader(ROWS_A_STEP), seq=seq, mode="overwrite", batch=batch
    )


def _commit(table: str, sql: str, batch: str, seq: int, engine: "duckdb.DuckDBPyConnection", mode: Mode = "append") -> None:
    lease = lake.begin(who=WHO, table=table)
    try:
        lake.commit(who=WHO, lease=lease, rows=engine.sql(sql).to_arrow_reader(ROWS_A_STEP), seq=seq, mode=mode, batch=batch)
    finally:
        lake.release(who=WHO, lease=lease)


def loaded_rows(dataset: Dataset, version: Version, batch: str, engine: "duckdb.DuckDBPyConnection") -> int:
    """Rows of the batch that really lie in the lake, counted there."""
    scan = lake_queries.scan_sql(who=WHO, table=dataset.id, version=version.version)
    count: int = engine.sql(f"SELECT count(*) FROM {scan} WHERE _batch = {quote(batch)}").fetchall()[0][0]
    return count
