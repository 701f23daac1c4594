"""A batch ends with every row of the source accounted for, once."""

from pathlib import Path

import pytest

from hunhe.hub.collect import queries
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.tests.places import FIELDS, HEADER, SYSTEM, csv_bytes, current, id_number, land, make_dataset, row

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_row_goes_one_way(tmp_path: Path) -> None:
    dataset = make_dataset(load={"threshold": 0.9})
    bad_digit = id_number(3)[:17] + ("1" if id_number(3)[17] != "1" else "2")
    rows = [
        row(1),
        row(2),
        row(2),
        row(3, id_number=bad_digit),
        row(4, reg_date="2999-01-01"),
        row(5, name="  "),
        row(6),
        row(6, name="另一人"),
        row(7, employer_uscc="91350100M000100Y44"),
        row(8, id_number="210102900307123"),
        row(9, id_number=id_number(9).lower(), employer_uscc="９１３５０１００Ｍ０００１００Ｙ４３"),
        row(10, reg_date="2024年3月5日"),
        row(11, reg_date="昨天"),
    ]
    data = (
        csv_bytes(rows)
        + "JY00000012,太短\r\n".encode("gb18030")
        + b"JY00000013,\xff\xff\xfe"
        + b"\xff" * 14
        + b",x,2024-01-01,\r\n"
    )
    batch = land(dataset, tmp_path, data)
    assert batch.state == BatchState.RECONCILED, (batch.failure, batch.failure_detail)
    assert (batch.source_rows, batch.loaded, batch.quarantined, batch.duplicates, batch.difference) == (15, 5, 9, 1, 0)
    found = {(one.rule, one.field): one.rows for one in queries.quarantine_summary(who=SYSTEM, batch_id=batch.id)}
    assert found == {
        ("id_number.check", "id_number"): 1,
        ("date.future", "reg_date"): 1,
        ("required", "name"): 1,
        ("key.conflict", "reg_no"): 2,
        ("uscc.check", "employer_uscc"): 1,
        ("type.date", "reg_date"): 1,
        ("malformed", ""): 1,
        ("encoding", "id_number"): 1,
    }
    loaded = current(dataset, "reg_no, id_number, CAST(reg_date AS VARCHAR), employer_uscc, _batch, _line")
    assert [(one[0], one[5]) for one in loaded] == [
        ("JY00000001", 2),
        ("JY00000002", 3),
        ("JY00000008", 11),
        ("JY00000009", 12),
        ("JY00000010", 13),
    ]
    assert loaded[3][1] == id_number(9)
    assert loaded[3][3] == "91350100M000100Y43"
    assert loaded[4][2] == "2024-03-05"
    assert {one[4] for one in loaded} == {batch.id}
    held = current(dataset, "_line, rule", ".quarantine")
    assert held == [
        (5, "id_number.check"),
        (6, "date.future"),
        (7, "required"),
        (8, "key.conflict"),
        (9, "key.conflict"),
        (10, "uscc.check"),
        (14, "type.date"),
        (15, "malformed"),
        (16, "encoding"),
    ]


def test_rows_held_back_are_shown_masked_with_the_right_digit(tmp_path: Path) -> None:
    dataset = make_dataset()
    right = id_number(3)
    batch = land(dataset, tmp_path, csv_bytes([row(1), row(3, id_number=right[:17] + ("1" if right[17] != "1" else "2"))]))
    page = queries.quarantined_rows(who=SYSTEM, batch_id=batch.id, rule="id_number.check", field="id_number")
    (shown,) = page.items
    values = dict(shown.values)
    assert (shown.line, shown.hint) == (3, right[17])
    assert values["id_number"].startswith("2101******")
    assert right[6:14] not in values["id_number"]
    assert values["name"] == "张*"
    assert values["reg_no"] == "JY00000003"


def test_the_same_bytes_are_one_batch(tmp_path: Path) -> None:
    dataset = make_dataset()
    first = land(dataset, tmp_path, csv_bytes([row(1), row(2)]))
    again = land(dataset, tmp_path, csv_bytes([row(1), row(2)]), "renamed.csv")
    assert (again.id, again.times_sent) == (first.id, 2)
    assert len(current(dataset)) == 2
    other = land(dataset, tmp_path, csv_bytes([row(1)]))
    back = land(dataset, tmp_path, csv_bytes([row(1), row(2)]))
    assert len({first.id, other.id, back.id}) == 3
    assert len(current(dataset)) == 2


def test_a_full_load_follows_deletions_edits_and_late_rows(tmp_path: Path) -> None:
    dataset = make_dataset()
    land(dataset, tmp_path, csv_bytes([row(n) for n in range(100)]))
    second = land(dataset, tmp_path, csv_bytes([row(n, name="改名" if n < 70 else f"张{n % 97}") for n in range(20, 110)]))
    assert (second.added, second.changed, second.removed) == (10, 50, 20)
    assert second.state == BatchState.RECONCILED
    assert [one[0] for one in current(dataset, "reg_no")] == [f"JY{n:08d}" for n in range(20, 110)]
    kinds = [one[0] for one in current(dataset, "change", ".changes")]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"added": 10, "changed": 50, "removed": 20}


def test_an_incremental_load_merges(tmp_path: Path) -> None:
    dataset = make_dataset(load={"mode": "incremental", "threshold": 0.5})
    land(dataset, tmp_path, csv_bytes([row(1), row(2), row(3)]))
    second = land(dataset, tmp_path, csv_bytes([row(3, name="改名"), row(4)]))
    assert (second.loaded, second.added, second.changed, second.removed) == (2, 1, 1, 0)
    assert [one[0] for one in current(dataset, "reg_no, name")] == ["JY00000001", "JY00000002", "JY00000003", "JY00000004"]
    assert ("JY00000003", "改名") in current(dataset, "reg_no, name")


def test_the_newest_of_several_rows_wins_where_the_contract_says_so(tmp_path: Path) -> None:
    dataset = make_dataset(load={"latest": "reg_date", "threshold": 0.5})
    rows = [row(1, reg_date="2024-01-01"), row(1, reg_date="2024-05-01"), row(2), row(2, name="同日")]
    batch = land(dataset, tmp_path, csv_bytes(rows))
    assert (batch.loaded, batch.duplicates, batch.quarantined) == (1, 1, 2)
    assert current(dataset, "CAST(reg_date AS VARCHAR)") == [("2024-05-01",)]


@pytest.mark.parametrize(
    ("header", "missing", "unknown"),
    [(HEADER[:4], "用工单位代码", None), ((*HEADER[:4], "单位"), "用工单位代码", "单位"), ((*HEADER, "备注"), None, "备注")],
)
def test_drift_holds_the_whole_batch_back_and_says_which_column(
    tmp_path: Path, header: tuple[str, ...], missing: str | None, unknown: str | None
) -> None:
    dataset = make_dataset()
    land(dataset, tmp_path, csv_bytes([row(1)]))
    batch = land(dataset, tmp_path, csv_bytes([(*row(2), "x")[: len(header)]], header), "later.csv")
    assert (batch.state, batch.failure) == (BatchState.QUARANTINED, "collect.batch.drift")
    assert (batch.failure_detail["missing"], batch.failure_detail["unknown"]) == (missing or "—", unknown or "—")
    assert (batch.source_rows, batch.quarantined, batch.difference) == (1, 1, 0)
    assert len(current(dataset)) == 1


def test_a_changed_kind_of_column_holds_the_whole_batch_back(tmp_path: Path) -> None:
    dataset = make_dataset(load={"threshold": 0.05})
    land(dataset, tmp_path, csv_bytes([row(n) for n in range(100)]))
    batch = land(dataset, tmp_path, csv_bytes([row(n, reg_date="45352") for n in range(100)]))
    assert (batch.state, batch.failure) == (BatchState.QUARANTINED, "collect.batch.threshold")
    assert [(one.rule, one.rows) for one in queries.quarantine_summary(who=SYSTEM, batch_id=batch.id)] == [("type.date", 100)]
    assert {str(one[0]) for one in current(dataset, "reg_date")} == {"2024-03-01"}


def test_a_far_smaller_full_delivery_is_not_believed(tmp_path: Path) -> None:
    dataset = make_dataset()
    land(dataset, tmp_path, csv_bytes([row(n) for n in range(100)]))
    for rows in ([row(n) for n in range(49)], []):
        batch = land(dataset, tmp_path, csv_bytes(rows))
        assert (batch.state, batch.failure) == (BatchState.QUARANTINED, "collect.batch.shrunk")
    assert len(current(dataset)) == 100


def test_rules_of_the_contract_are_sql_over_typed_columns(tmp_path: Path) -> None:
    rule = {
        "id": "hired.young",
        "name": "登记时须满十六岁",
        "field": "reg_date",
        "sql": "year(reg_date) - CAST(substr(id_number, 7, 4) AS INT) >= 16",
    }
    dataset = make_dataset(rules=[rule], fields=FIELDS)
    batch = land(dataset, tmp_path, csv_bytes([row(1), row(2, reg_date="2001-01-01")]))
    assert [(one.rule, one.rows) for one in queries.quarantine_summary(who=SYSTEM, batch_id=batch.id)] == [("hired.young", 1)]
    hostile = make_dataset(
        rules=[{**rule, "sql": "reg_date IS NOT NULL OR (SELECT count(*) FROM read_text('/etc/passwd')) > 0"}]
    )
    assert land(hostile, tmp_path, csv_bytes([row(1)])).state == BatchState.FAILED
