"""One list of any header: real benchmark lists, lists of our own in other words, and files that are no lists."""

from pathlib import Path

import pytest

from hunhe.hub.bases.resolve.clusters import group
from hunhe.hub.bases.resolve.judge import agreement, entities_in
from hunhe.hub.bases.resolve.lists import resolve
from hunhe.hub.bases.resolve.table import read_list
from hunhe.hub.bases.tests.lists import firms, people, write
from hunhe.stone.errors import Invalid

pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "truth", "entities", "precision", "recall"),
    [
        ("febrl1", "rec_id", 500, 0.99, 0.98),
        ("febrl3", "rec_id", 2000, 0.99, 0.98),
        ("splink_fake_1000", "cluster", 251, 0.97, 0.90),
        ("chicago_sites_true_ids", "True Id", 1162, 0.90, 0.92),
    ],
)
def test_benchmark_lists(shared_data: Path, name: str, truth: str, entities: int, precision: float, recall: float) -> None:
    found = resolve(shared_data / "05_entity" / f"{name}.csv", truth)
    assert found.precision is not None
    assert found.recall is not None
    assert (found.precision, found.recall) >= (precision, recall)
    assert found.recall >= recall
    assert abs(found.entities - entities) <= entities * 0.12
    assert found.seconds < 30 or name != "febrl3"
    assert truth not in found.columns
    assert "rec_id" not in found.columns


def test_chinese_people_in_any_order_of_columns(tmp_path: Path) -> None:
    rows = people(400, seed=1)
    plain = write(tmp_path / "a.csv", ["姓名", "身份证号", "手机", "住址", "真值"], rows)
    found = resolve(plain, "真值")
    assert found.columns == {"姓名": "name", "身份证号": "id", "手机": "phone", "住址": "address"}
    assert found.precision is not None
    assert found.recall is not None
    assert found.precision >= 0.99
    assert found.recall >= 0.9
    shuffled = [[row[3], row[4], row[2], row[0], row[1]] for row in rows]
    other = resolve(
        write(tmp_path / "b.csv", ["c1", "c2", "c3", "c4", "c5"], shuffled, encoding="gb18030", separator="\t"), "c2"
    )
    assert (other.entities, other.f1) == (found.entities, found.f1)


def test_chinese_firms(tmp_path: Path) -> None:
    header = ["企业名称", "统一社会信用代码", "注册地址", "联系电话", "cluster"]
    found = resolve(write(tmp_path / "a.csv", header, firms(300, seed=2)), "cluster")
    assert found.f1 is not None
    assert found.f1 >= 0.93


@pytest.mark.data
def test_headers_without_meaning(shared_data: Path, tmp_path: Path) -> None:
    listed = read_list(shared_data / "05_entity" / "febrl1.csv")
    truth = entities_in(listed.column("rec_id"))
    rows = [[*(cell or "" for cell in row[1:]), truth[number]] for number, row in enumerate(zip(*listed.columns, strict=True))]
    found = resolve(write(tmp_path / "a.csv", [f"col{n}" for n in range(len(rows[0]) - 1)] + ["x"], rows), "x")
    assert found.f1 == 1.0


@pytest.mark.data
def test_a_list_without_duplicates_is_left_alone(shared_data: Path, tmp_path: Path) -> None:
    listed = read_list(shared_data / "05_entity" / "febrl1.csv")
    rows = [[cell or "" for cell in row] for row in zip(*listed.columns, strict=True) if str(row[0]).endswith("org")]
    found = resolve(write(tmp_path / "a.csv", list(listed.names), rows), "rec_id")
    assert (found.records, found.entities, found.f1) == (500, 500, 1.0)


def test_identical_rows_are_one(tmp_path: Path) -> None:
    rows = [["anna", "ulm"], ["bert", "ulm"], ["anna", "ulm"], ["anna", "bonn"]]
    found = resolve(write(tmp_path / "a.csv", ["name", "city"], rows))
    assert found.entity_of[0] == found.entity_of[2]
    assert (found.records, found.precision, found.f1) == (4, None, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bases.list.empty"),
        (b"name\n", "bases.list.no_rows"),
        (b"a,a\n1,2\n", "bases.list.twice"),
        (b"PK\x03\x04\0\0\0", "bases.list.binary"),
        (b"name,city\nanna,ulm,1,2\n", "bases.list.too_wide"),
        (b"name\n\xff\xff\xff\n", "bases.list.encoding"),
        (b"id\n1\n2\n3\n", "bases.list.nothing_to_compare"),
    ],
)
def test_files_that_are_no_lists_are_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        resolve(path)
    assert refused.value.code == code


def test_an_unknown_truth_column_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["name", "city"], [["anna", "ulm"], ["bert", "ulm"]])
    with pytest.raises(Invalid, match="no column wahrheit"):
        resolve(path, "wahrheit")
    with pytest.raises(Invalid):
        resolve(tmp_path / "none.csv")


def test_truth_in_febrl_numbers() -> None:
    assert entities_in(["rec-1-org", "rec-1-dup-0", "rec-12-dup-3", None]) == ("rec-1", "rec-1", "rec-12", "\x003")
    assert entities_in(["a-org", "b", "c"]) == ("a-org", "b", "c")


def test_agreement_counts_pairs() -> None:
    assert agreement([0, 0, 0, 3], ["a", "a", "b", "b"]) == (0.333333, 0.5, 0.4)
    assert agreement([0, 1], ["a", "b"]) == (1.0, 1.0, 1.0)
    assert agreement([0, 1], ["a", "a"]) == (1.0, 0.0, 0.0)


def test_groups_grow_only_while_the_whole_agrees() -> None:
    assert group(3, [(0, 1, 5.0), (1, 2, 1.0)], -2.0) == [0, 0, 2]  # a chain: 0 and 2 were never alike
    assert group(3, [(0, 1, 5.0), (1, 2, 4.0), (0, 2, -1.0)], -2.0) == [0, 0, 0]
