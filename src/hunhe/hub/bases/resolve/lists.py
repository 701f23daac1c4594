"""One list of any header in, its entities out; with a truth column also how well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import duckdb
import pyarrow as pa

from hunhe.hub.bases.resolve.blocks import make_pairs
from hunhe.hub.bases.resolve.clusters import Edge, group
from hunhe.hub.bases.resolve.compare import Comparison, compared_sql, comparisons_of
from hunhe.hub.bases.resolve.features import Feature, features_of
from hunhe.hub.bases.resolve.judge import agreement, entities_in
from hunhe.hub.bases.resolve.learn import Model, Pattern, learn
from hunhe.hub.bases.resolve.roles import Role
from hunhe.hub.bases.resolve.table import List, read_list
from hunhe.hub.bases.shapes import Resolution
from hunhe.stone.errors import Invalid, msgid

SAMPLE = 80_000  # random pairs that show how alike strangers are
HINT = -12.0  # evidence below which a pair is not worth remembering
UNSEEN = -2.0  # evidence for a pair that shared no key
RARITY = 4.0  # the most that a value's rarity may add or take, in nats
# What a pair must show beyond even odds. A person's columns err independently; branches of one firm share its words and
# its telephone, so that the sum overstates them.
PERSONS_MARGIN = 0.0
FIRMS_MARGIN = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """The entity of each record in the list's order (a record's number), what was compared, and the model learnt."""

    entities: tuple[int, ...]
    features: tuple[Feature, ...]
    model: Model | None


def resolve(path: Path, truth: str | None = None) -> Resolution:
    """Read a list, find which records are one entity; precision and recall over pairs when a truth column is named."""
    started = perf_counter()
    listed = read_list(path)
    answer = entities_in(listed.column(truth)) if truth is not None else None
    found = find(listed, hidden=truth)
    precision, recall, f1 = agreement(found.entities, answer) if answer is not None else (None, None, None)
    seconds = round(perf_counter() - started, 2)
    used = {feature.header: feature.role.value for feature in found.features}
    return Resolution(listed.records, len(set(found.entities)), precision, recall, f1, seconds, found.entities, used)


def find(listed: List, hidden: str | None = None) -> Found:
    """Entities of a list, without looking at column `hidden`; Invalid when no column can be compared."""
    features, table = features_of(listed, listed.position(hidden) if hidden is not None else None)
    if not features:
        raise Invalid(
            "bases.list.nothing_to_compare",
            msgid("No column of the list can be compared. Names, dates, numbers, addresses or phones are needed."),
        )
    twins = _twins(table, features)
    leads = sorted(set(twins))
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as con:
        con.register("given", table.take(leads))
        con.execute("CREATE TEMP TABLE records AS SELECT * REPLACE ((row_number() OVER () - 1)::INT AS rec) FROM given")
        entities, model = _grouped(con, features, len(leads)) if make_pairs(con, features) else (range(len(leads)), None)
    entity_of = {lead: leads[entity] for lead, entity in zip(leads, entities, strict=True)}
    return Found(tuple(entity_of[twin] for twin in twins), features, model)


def _twins(table: pa.Table, features: tuple[Feature, ...]) -> list[int]:
    """For each record the first one that says exactly the same in at least two columns, or in the only one there is."""
    first: dict[tuple[str | None, ...], int] = {}
    least = min(2, len(features))
    rows = zip(*(table[feature.name].to_pylist() for feature in features), strict=True)
    return [
        first.setdefault(row, number) if sum(cell is not None for cell in row) >= least else number
        for number, row in enumerate(rows)
    ]


def _grouped(con: duckdb.DuckDBPyConnection, features: tuple[Feature, ...], records: int) -> tuple[Sequence[int], Model]:
    comparisons = comparisons_of(features)
    con.execute(f"CREATE TEMP TABLE seen AS {compared_sql(comparisons, 'pairs')}")
    con.execute(
        "CREATE TEMP TABLE chance AS SELECT DISTINCT least(a, b) AS l, greatest(a, b) AS r FROM "
        f"(SELECT (hash(i, 1) % {records})::INT AS a, (hash(i, 2) % {records})::INT AS b FROM range({SAMPLE}) t(i)) WHERE a <> b"
    )
    con.execute(f"CREATE TEMP TABLE sampled AS {compared_sql(comparisons, 'chance')}")
    levels = [len(comparison.levels) + 1 for comparison in comparisons]
    pairs = records * (records - 1) / 2
    model = learn(_patterns(con, comparisons, "seen"), _patterns(con, comparisons, "sampled"), levels, pairs, records)
    return group(records, _scored(con, comparisons, model), UNSEEN), model


def _patterns(con: duckdb.DuckDBPyConnection, comparisons: tuple[Comparison, ...], table: str) -> Mapping[Pattern, int]:
    columns = ", ".join(comparison.column for comparison in comparisons)
    rows = con.execute(f"SELECT {columns}, count(*) FROM {table} GROUP BY ALL ORDER BY ALL").fetchall()  # own names
    return {tuple(row[:-1]): row[-1] for row in rows}


def _scored(con: duckdb.DuckDBPyConnection, comparisons: tuple[Comparison, ...], model: Model) -> list[Edge]:
    """Evidence of each candidate pair worth remembering; equal values count more where they are rare."""
    weights, joins = [], []
    for index, comparison in enumerate(comparisons):
        name, column = comparison.feature.name, comparison.column
        cases = " ".join(f"WHEN {level} THEN {model.weight(index, level):.6f}" for level in range(len(comparison.levels) + 1))
        weights.append(f"CASE s.{column} {cases} ELSE 0 END")
        if comparison.rare:
            con.execute(
                f"CREATE TEMP TABLE often_{name} AS SELECT {name} AS value, greatest(-{RARITY}, least({RARITY}, "
                f"{model.usual(index):.6f} - ln(count(*) * 1.0 / sum(count(*)) OVER ()))) AS more "
                f"FROM records WHERE {name} IS NOT NULL GROUP BY ALL"
            )
            joins.append(f"LEFT JOIN often_{name} o_{name} ON s.{column} = 1 AND o_{name}.value = l.{name}")
            weights.append(f"coalesce(o_{name}.more, 0)")
    evidence = f"({model.odds - _margin(comparisons):.6f} + {' + '.join(weights)})::DOUBLE"
    return con.execute(
        f"SELECT s.l, s.r, {evidence} AS evidence FROM seen s JOIN records l ON l.rec = s.l {' '.join(joins)} "  # own names
        f"WHERE evidence > {HINT}"
    ).fetchall()


def _margin(comparisons: tuple[Comparison, ...]) -> float:
    roles = {comparison.feature.role for comparison in comparisons}
    return PERSONS_MARGIN if roles & {Role.NAME, Role.DATE, Role.ID, Role.EMAIL} else FIRMS_MARGIN
