"""The contract of every dialect: one snapshot, no parameter in the text, rows streamed, values exact, always closed.

Systems without a server here run against a DB-API module that answers from SQLite; PostgreSQL and MariaDB run the same
contract against their servers in test_databases.
"""

import importlib
from decimal import Decimal
from typing import Any

import pytest

from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.sources import dialects, dialects_open, dialects_untested
from hunhe.hub.collect.tests.fake_driver import Module
from hunhe.hub.collect.tests.places import current, make_dataset
from hunhe.hub.collect.tests.test_databases import a_day_later, collect, connect

FIELDS = [
    {"name": "reg_no", "required": True},
    {"name": "name", "title": "姓名"},
    {"name": "wage", "type": "money"},
    {"name": "reg_date", "type": "date"},
    {"name": "updated_at", "type": "datetime"},
]
ROWS = [
    ("A1", "张三", "12345678901234.50", "2024-03-01", "2026-03-01 10:00:00"),
    ("A2", "李四", "0.10", None, "2026-03-01 11:00:00"),
    ("A3", None, None, "2024-03-02", "2026-03-01 12:00:00"),
]
LOCATIONS = {
    "oracledb": "oracle://hub@10.0.0.9:1521/ORCLPDB",
    "mssql_python": "sqlserver://hub@10.0.0.9/rsj",
    "dmPython": "dm://hub@10.0.0.9:5236/RSJ",
    "ksycopg2": "kingbase://hub@10.0.0.9/rsj",
}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Module:
    made = Module(list(ROWS))
    inner = importlib.import_module
    monkeypatch.setattr(dialects.importlib, "import_module", lambda name: made if name in LOCATIONS else inner(name))
    return made


def test_every_untested_system_has_a_location_here() -> None:
    assert {dialect.module for dialect in dialects_untested.ALL} == set(LOCATIONS)
    schemes = [scheme for dialect in (*dialects_open.ALL, *dialects_untested.ALL) for scheme in dialect.schemes]
    assert len(schemes) == len(set(schemes))


@pytest.mark.parametrize("module", LOCATIONS)
@pytest.mark.django_db(transaction=True)
def test_the_contract(module: str, fake: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    load = {"mode": "incremental", "watermark": "updated_at", "overlap": 600, "threshold": 0.5}
    dataset = make_dataset(fields=FIELDS, key=["reg_no"], source={"kind": "database", "table": "employment"}, load=load)
    connect(dataset, LOCATIONS[module])
    first = collect(dataset)
    assert (first.state, first.loaded, first.failure) == (BatchState.RECONCILED, 3, "")
    assert current(dataset, "reg_no, name, wage, CAST(reg_date AS VARCHAR)") == [
        ("A1", "张三", Decimal("12345678901234.50"), "2024-03-01"),
        ("A2", "李四", Decimal("0.10"), None),
        ("A3", None, None, "2024-03-02"),
    ]
    (_, named) = fake.calls[0]
    assert [said for said in fake.said if said.startswith("SET TRANSACTION")] == fake.said[:1]
    assert not [said for said in fake.fetched_all if "reg_no" in said.lower() and "count" not in said and "1 = 0" not in said]
    assert fake.closed == len(fake.calls) == 1
    assert "timeout" in " ".join(named)

    second = collect(dataset)
    assert second.source_rows == 1
    assert "2026" not in " ".join(fake.said)
    fake._rows[:] = [ROWS[0], (*ROWS[2][:1], "王五", *ROWS[2][2:])]
    a_day_later(monkeypatch)
    third = collect(dataset)
    assert (third.source_rows, third.changed, third.removed) == (2, 1, 1)
    assert current(dataset, "reg_no, name") == [("A1", "张三"), ("A3", "王五")]
    assert fake.closed == len(fake.calls) == 3


@pytest.mark.parametrize("module", LOCATIONS)
@pytest.mark.django_db(transaction=True)
def test_a_driver_that_is_not_installed_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(dialects.importlib, "import_module", missing)
    dialect, _ = dialects.of_location(LOCATIONS[module])
    with pytest.raises(dialects.Unavailable, match=rf"{module}.*hunhe\[{dialect.extra}\]"):
        dialect.driver()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("1E+3"), "1000"),
        (1.0, "1"),
        (0.1, "0.1"),
        ("张", "张"),
        ("张".encode("gbk"), "张"),
        (b"\xff\xff\xff", "ffffff"),
    ],
)
def test_values_of_drivers_become_text(value: Any, text: str | None) -> None:
    assert dialects.text_of(value) == text


@pytest.mark.parametrize("dialect", [*dialects_open.ALL, *dialects_untested.ALL], ids=lambda dialect: dialect.module)
def test_names_cannot_leave_their_quotes(dialect: dialects.Dialect) -> None:
    before, after = dialect.quotes
    assert dialect.name(f"a{after}; DROP TABLE x") == f"{before}a{after}{after}; DROP TABLE x{after}"
    assert dialect.table("rsj.员工") == f"{before}rsj{after}.{before}员工{after}"
