"""Lineage of SELECTs, and what the fence says of columns that are not there."""

import pytest

from hunhe.hub.lake import fence, paths
from hunhe.hub.lake.queries import Derivation
from hunhe.hub.lake.shapes import Edge, Origin
from hunhe.stone import clock
from hunhe.stone.errors import Invalid

COLUMNS = {"a.firms": ("uscc", "name", "district", "capital"), "b.people": ("id", "district", "born")}


def edges(sql: str) -> set[tuple[str, str, str, str]]:
    found = fence.read(sql, COLUMNS.get).edges
    return {(edge.source, edge.source_column, edge.column, edge.how) for edge in found}


def test_values_counts_and_rows_are_told_apart() -> None:
    assert edges("SELECT district, count(name) AS named FROM a.firms WHERE capital > 5 GROUP BY district") == {
        ("a.firms", "district", "district", "value"),
        ("a.firms", "district", "", "rows"),
        ("a.firms", "name", "named", "counted"),
        ("a.firms", "capital", "", "rows"),
    }


def test_lineage_goes_through_ctes_unions_and_inner_queries() -> None:
    sql = """
    WITH grown AS (SELECT id, district FROM b.people WHERE born IS NOT NULL)
    SELECT g.district AS place, (SELECT count(*) FROM a.firms WHERE firms.district = g.district) AS firms FROM grown AS g
    UNION ALL SELECT uscc, 0 FROM a.firms
    """
    found = edges(sql)
    assert ("b.people", "district", "place", "value") in found
    assert ("a.firms", "uscc", "place", "value") in found
    assert ("b.people", "born", "", "rows") in found
    assert ("a.firms", "district", "", "rows") in found
    assert not any(column == "id" for _, column, _, _ in found)


def test_a_comparison_does_not_show_the_value() -> None:
    assert ("b.people", "born", "old", "counted") in edges(
        "SELECT CASE WHEN born > DATE '2000-01-01' THEN 1 END AS old FROM b.people"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nothing FROM a.firms",
        "SELECT uscc FROM a.unknown",
        "SELECT uscc FROM a.firms UNION ALL SELECT id, born FROM b.people",
        "SELECT * FROM read_csv('/etc/passwd')",
    ],
)
def test_what_is_not_there_is_named(sql: str) -> None:
    with pytest.raises(Invalid):
        fence.read(sql, COLUMNS.get)


def test_walking_up_and_down() -> None:
    origin = Origin("run", "d", {}, (Edge("a", "x", "y", "value"), Edge("a", "k", "", "rows")))
    further = Origin("run", "d", {}, (Edge("b", "y", "z", "counted"),))
    made = (Derivation("b", 1, clock.now(), origin), Derivation("c", 1, clock.now(), further))
    assert {(one.table, one.column) for one in paths.upward(made, "c", "z")} == {("b", "y"), ("a", "x"), ("a", "k")}
    assert {(one.table, one.column) for one in paths.downward(made, "a", "x")} == {("b", "y"), ("c", "z")}
    assert {(one.table, one.column) for one in paths.downward(made, "a", "k")} == {("b", ""), ("c", "z")}
