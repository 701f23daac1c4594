"""Candidate pairs: records that share a key which few others have."""

from itertools import combinations

import duckdb

from hunhe.hub.bases.resolve.features import Feature
from hunhe.hub.bases.resolve.roles import Role

PAIRS_PER_RECORD = 100  # budget; keeps time linear in the list's length
MOST_SHARED = 400  # no key that more records share
_WHOLE = (Role.NAME, Role.DATE, Role.ID, Role.PHONE, Role.EMAIL, Role.TEXT, Role.ADDRESS)


def make_pairs(con: duckdb.DuckDBPyConnection, features: tuple[Feature, ...]) -> int:
    """Fill table `pairs(l, r)`, l < r, from table `records`; return how many."""
    records = _one(con, "SELECT count(*) FROM records")
    keys = " UNION ALL ".join(_key_queries(features))
    con.execute(f"CREATE OR REPLACE TEMP TABLE keys AS SELECT DISTINCT rec, key FROM ({keys}) WHERE key IS NOT NULL")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sizes AS SELECT key, count(*) AS size FROM keys GROUP BY key "
        f"HAVING count(*) BETWEEN 2 AND {MOST_SHARED}"
    )
    widest = _one(
        con,
        "SELECT coalesce(max(size), 2) FROM (SELECT size, sum(n * size * (size - 1) / 2) OVER (ORDER BY size) AS made "
        f"FROM (SELECT size, count(*) AS n FROM sizes GROUP BY size)) WHERE made <= {PAIRS_PER_RECORD * records}",
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE pairs AS SELECT a.rec AS l, b.rec AS r FROM keys a "
        f"JOIN sizes s ON s.key = a.key AND s.size <= {widest} JOIN keys b ON b.key = a.key AND a.rec < b.rec "
        f"GROUP BY ALL HAVING count(*) > 1 OR min(s.size) <= {_alone_enough(len(features))}"
    )
    return _one(con, "SELECT count(*) FROM pairs")


def _alone_enough(columns: int) -> int:
    """How few records must share a key for it to make a pair without a second shared key; lists of few columns have few keys."""
    return MOST_SHARED if columns < 4 else 200 // columns


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])


def _key_queries(features: tuple[Feature, ...]) -> list[str]:
    whole = [
        f"SELECT rec, hash('{f.name}', {f.name}) AS key FROM records WHERE {f.name} IS NOT NULL"
        for f in features
        if f.role in _WHOLE
    ]
    parts = [(f.name, part) for f in features for part in _parts(f)]
    joint = [
        f"SELECT rec, hash('{one}{two}', {left}, {right}) AS key FROM records WHERE {left} IS NOT NULL AND {right} IS NOT NULL"
        for (one, left), (two, right) in combinations(parts, 2)
        if one != two
    ]
    words = [
        f"SELECT rec, hash('{f.name}w', word) AS key FROM (SELECT rec, unnest(string_split({f.name}, ' ')) AS word FROM records)"
        for f in features
        if f.role is Role.TEXT
    ]
    return whole + words + joint


def _parts(feature: Feature) -> tuple[str, ...]:
    """Pieces of a column that survive a typing error elsewhere in it."""
    name = feature.name
    match feature.role:
        case Role.NAME:
            return (f"left({name}_s, 3)",)
        case Role.TEXT:
            return (f"left({name}, 5)",)
        case Role.ADDRESS:
            return (f"{name}_h", f"left(regexp_replace({name}, '[0-9 ]', '', 'g'), 5)")
        case Role.DATE:
            return (f"left({name}, 6)", f"substr({name}, 5)")
        case Role.EMAIL:
            return (f"left({name}_u, 5)",)
        case Role.ID | Role.PHONE:
            return (f"left({name}, 4)", f"right({name}, 4)")
        case _:
            return (name,)
