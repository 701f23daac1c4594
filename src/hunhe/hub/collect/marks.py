"""What the source held when it was last read: `<dataset>.source`, one row a source row with its key, mark and bucket.

Rows held back are in it too, so that a comparison finds only what changed since.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Version
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

WHO = Who.system("collect.batch")
TABLE = ".source"


def before(dataset: str, seq: int) -> Version | None:
    """The newest version that an earlier batch wrote."""
    return next((version for version in lake.versions(who=WHO, table=dataset + TABLE) if version.seq < seq), None)


def known_rows(dataset: str) -> int:
    version = lake.active(who=WHO, table=dataset + TABLE)
    return version.rows if version is not None else 0


def differing(
    dataset: str, theirs: Iterable[Sequence[str | None]], digits: int, engine: "duckdb.DuckDBPyConnection"
) -> tuple[str, ...] | None:
    """Buckets that hold other rows at the source than here, in order; None when nothing is known here.

    theirs: (bucket, rows, sum of marks) as text. Two different sets of rows with one count and sum are taken as equal:
    by chance one in 2^60.
    """
    if lake.active(who=WHO, table=dataset + TABLE) is None:
        return None
    scan = lake.scan_sql(who=WHO, table=dataset + TABLE)
    rows = engine.sql(
        f"SELECT left(_bucket, {digits}), CAST(count(*) AS VARCHAR), CAST(sum(CAST('0x' || _mark AS HUGEINT)) AS VARCHAR) FROM {scan} GROUP BY 1"
    ).fetchall()
    ours = {bucket: (count, total) for bucket, count, total in rows}
    found = {str(bucket): (count, total) for bucket, count, total in theirs}
    return tuple(sorted(bucket for bucket in ours.keys() | found.keys() if ours.get(bucket) != found.get(bucket)))
