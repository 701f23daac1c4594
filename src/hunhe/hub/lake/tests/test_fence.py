"""The fence lets one SELECT over its inputs through and nothing else."""

import time
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import fence, queries
from hunhe.hub.lake.fence_words import NODES
from hunhe.hub.lake.shapes import Limits
from hunhe.stone import ids
from hunhe.stone.errors import HunheError, Invalid, TooMany
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
INPUTS = frozenset({"t"})

ATTACKS = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT read_text('/etc/passwd')",
    "SELECT \"read_text\"('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    'SELECT * FROM "/etc/passwd" UNION ALL SELECT * FROM (WITH "/etc/passwd" AS (SELECT 1) SELECT 1)',
    "SELECT * FROM glob('/*')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('x')",
    "COPY t TO '/tmp/stolen.csv'",
    "ATTACH '/tmp/x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "CALL duckdb_settings()",
    "EXPLAIN SELECT 1",
    "SELECT * FROM t; DROP TABLE t",
    "CREATE TABLE x AS SELECT 1",
    "SELECT getenv('HOME')",
    "SELECT current_setting('temp_directory')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM main.t",
    "SELECT * FROM other",
    "WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) SELECT count(*) FROM a",
    "SELECT * FROM range(1000000000)",
    "SELECT unnest(generate_series(1, 1000000000))",
    "SELECT repeat('x', 1000000000)",
    "SELECT lpad('x', 1000000000, 'y')",
    "SELECT COLUMNS('.*') FROM t",
    "SELECT $1",
    "SELECT now()",
    "",
    ";",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT 1" + " + 1" * 4000,
    "not sql at all",
]


@pytest.mark.parametrize("sql", ATTACKS)
def test_attacks_are_refused_before_anything_runs(sql: str) -> None:
    with pytest.raises(Invalid):
        fence.checked(sql, INPUTS)


def test_what_runs_is_what_the_parser_wrote() -> None:
    assert fence.checked("select/* hidden */ a from t -- more", INPUTS) == "SELECT a FROM t"


def test_every_listed_node_exists() -> None:
    assert [name for name in NODES if not hasattr(exp, name)] == []
    assert sqlglot.__version__


@pytest.fixture
def table() -> str:
    name = "t." + ids.new("x")
    lease = lake.begin(who=SYSTEM, table=name)
    data = pa.table({"id": range(2000), "name": [f"n{n % 10}" for n in range(2000)]}).to_reader()
    lake.commit(who=SYSTEM, lease=lease, rows=data, seq=1, mode="overwrite")
    return name


def run(sql: str, table: str, **limits: Any) -> pa.Table:
    return queries.run_select(who=SYSTEM, sql=sql, inputs={"t": table}, limits=Limits(**limits))


@pytest.mark.django_db(transaction=True)
def test_a_select_answers(table: str) -> None:
    sql = "WITH a AS (SELECT name, count(*) AS n FROM t GROUP BY ALL) SELECT upper(name) AS name, n FROM a ORDER BY 1 LIMIT 2"
    assert run(sql, table).to_pylist() == [{"name": "N0", "n": 200}, {"name": "N1", "n": 200}]
    with pytest.raises(Invalid, match="nobody"):
        run("SELECT nobody FROM t", table)


@pytest.mark.django_db(transaction=True)
def test_limits_end_a_statement(table: str) -> None:
    with pytest.raises(TooMany, match="rows"):
        run("SELECT a.id FROM t a", table, rows=100)
    began = time.monotonic()
    with pytest.raises(TooMany):
        run("SELECT sum(a.id * b.id * c.id * d.id) FROM t a, t b, t c, t d", table, seconds=2)
    assert time.monotonic() - began < 10
    with pytest.raises(TooMany):
        run("SELECT string_agg(a.name || b.name || c.name, ',') FROM t a, t b, t c", table, memory="60MB", seconds=20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SET threads = 9",
        "COPY t TO '/tmp/hunhe-stolen.csv'",
    ],
)
def test_the_process_itself_is_fenced_too(table: str, sql: str, tmp_path: object) -> None:
    version = queries.active(who=SYSTEM, table=table)
    assert version is not None
    paths = [str(path) for path in queries.files(who=SYSTEM, table=table)]
    with pytest.raises(HunheError):
        fence.run(
            sql, {"t": queries.scan_sql(who=SYSTEM, table=table)}, paths, Limits(seconds=10), queries.store.data().staging
        )
