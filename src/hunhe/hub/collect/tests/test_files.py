"""Files as they really come: any encoding, cut off, hostile, odd. Refused with a reason or landed whole, never a crash."""

import gzip
import io
import json
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.hub.collect import actions, delimited, models
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.tests.places import HEADER, SYSTEM, csv_bytes, current, land, make_dataset, row
from hunhe.stone.errors import HunheError, Invalid

ROWS = [row(n) for n in range(50)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_chinese_encoding_gives_the_same_rows(tmp_path: Path, encoding: str) -> None:
    dataset = make_dataset()
    batch = land(dataset, tmp_path, csv_bytes(ROWS, encoding=encoding))
    assert (batch.state, batch.loaded) == (BatchState.RECONCILED, 50)
    assert current(dataset, "name")[0] == ("张0",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sign", ["\t", ";", "|"])
def test_other_delimiters_quotes_and_blank_lines(tmp_path: Path, sign: str) -> None:
    dataset = make_dataset()
    text = (
        sign.join(HEADER)
        + "\n\n"
        + sign.join(row(1))
        + "\n\n"
        + sign.join(row(2, name='"两\n行"'))
        + "\r\n"
        + sign.join(row(3))
    )
    batch = land(dataset, tmp_path, text.encode())
    assert (batch.state, batch.source_rows, batch.loaded, batch.failure) == (BatchState.RECONCILED, 3, 3, "")
    assert ("两\n行",) in current(dataset, "name")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cut", [3, 30, 45])
def test_a_file_that_was_not_sent_whole_is_refused(tmp_path: Path, cut: int) -> None:
    dataset = make_dataset()
    whole = csv_bytes(ROWS)
    for number, data in enumerate((whole[:-cut], gzip.compress(whole)[:-cut])):
        batch = land(dataset, tmp_path, data, f"cut{number}.csv")
        assert (batch.state, batch.failure) == (BatchState.FAILED, "collect.file.cut_off") or (cut == 3 and number == 0), batch
    assert land(dataset, tmp_path, gzip.compress(whole), "whole.csv.gz").loaded == 50


def _workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for values in rows:
        book.active.append(values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_workbooks_land_like_text(tmp_path: Path) -> None:
    dataset = make_dataset(source={"kind": "excel", "pattern": "*.xlsx"})
    batch = land(dataset, tmp_path, _workbook([list(HEADER), *ROWS, [None] * 5, ["JY1", None, "x", None, None]]), "a.xlsx")
    assert (batch.state, batch.source_rows, batch.loaded, batch.quarantined) == (BatchState.RECONCILED, 51, 50, 1)


BOMB = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"<c>" + b"0" * 30_000_000}
HOSTILE = {
    "bomb.xlsx": _packed(BOMB),
    "entities.xlsx": _packed({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'}),
    "no_sheet.xlsx": _packed({"xl/workbook.xml": b"<workbook/>", "xl/_rels/workbook.xml.rels": b"<r/>"}),
    "not_office.xlsx": _packed({"readme.txt": b"x"}),
    "cut.xlsx": _workbook([list(HEADER), *ROWS])[:-700],
    "empty.csv": b"",
    "only_lines.csv": b"\n\n\n",
    "nulls.csv": b"\x00" * 4000,
    "old.xls": b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "broken.parquet": b"PAR1" + b"\x00" * 100,
    "broken.json": b'{"a": 1, "b"',
    "noise.csv": random.Random(7).randbytes(20_000),
    "noise.xlsx": b"PK\x03\x04" + random.Random(8).randbytes(20_000),
    "zip_of_gz.csv.gz": b"\x1f\x8b" + random.Random(9).randbytes(2_000),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_as_failed_or_held_back(tmp_path: Path, name: str) -> None:
    dataset = make_dataset()
    batch = land(dataset, tmp_path, HOSTILE[name], name)
    assert batch.state in (BatchState.FAILED, BatchState.QUARANTINED)
    assert batch.failure
    path = tmp_path / name
    with pytest.raises(HunheError):
        actions.land_file(who=SYSTEM, path=path, dataset="fresh.dataset") if name != "noise.csv" else _refuse()
    assert not models.Dataset.objects.filter(pk="fresh.dataset").exists()


def _refuse() -> None:
    raise Invalid("test", "noise may be taken for a list of odd columns")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dataset", ["", "A", "a/b", "base.population", "x.quarantine", "x.changes", "..", "a." * 9])
def test_dataset_ids_cannot_reach_other_tables(tmp_path: Path, dataset: str) -> None:
    with pytest.raises(Invalid):
        land(dataset, tmp_path, csv_bytes(ROWS))


@given(
    st.lists(st.lists(st.text(alphabet='ab",\n\r张', max_size=5), min_size=2, max_size=3), max_size=8),
    st.integers(1, 7),
    st.booleans(),
)
def test_records_are_counted_alike_by_bytes_and_by_pythons_reader(rows: list[list[str]], piece: int, ended: bool) -> None:
    data = csv_bytes([[*cells, "x"] for cells in rows], ["h1", "h2"], "utf-8").replace(b"\r\n", b"\n").replace(b"\r", b"")
    data = data if ended else data.rstrip(b"\n")
    counter = delimited.RecordCounter()
    for start in range(0, len(data), piece):
        counter.add(data[start : start + piece])
    assert counter.finish() == 1 + len(rows)


@pytest.mark.django_db(transaction=True)
def test_json_lines_keep_nested_values_as_text(tmp_path: Path) -> None:
    lines = [{"id": n, "name": f"名{n}", "tags": ["a", {"b": n}]} for n in range(30)]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    batch = actions.land_file(who=SYSTEM, path=path, dataset="t.json")
    assert (batch.state, batch.loaded) == (BatchState.RECONCILED, 30)
    assert current("t.json", "id, name, tags")[3] == (3, "名3", '["a",{"b":3}]')


@pytest.mark.django_db(transaction=True)
@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "rows", "kinds"),
    [
        ("03_sensors/aqi_daily_cn_2013-12_2016-06.parquet", 272370, {"city": "VARCHAR", "date": "DATE"}),
        ("05_entity/cn_listed_companies_area.csv", 5524, {"ts_code": "VARCHAR", "list_date": "BIGINT"}),
        ("01_divisions/shenyang_divisions.csv", 2908, {"name": "VARCHAR"}),
        ("01_divisions/cn_streets.csv.gz", 41091, {"code": "BIGINT"}),
        ("03_sensors/pm25_shenyang_2010_2014.csv", 43824, {"no": "BIGINT", "pm_us_post": "VARCHAR"}),
        ("07_services/datagov_ckan_2017_a.jsonl.gz", 5996, {"title": "VARCHAR"}),
        ("06_issues/cn_messages_classified_train.csv", None, {}),
        ("08_scenes/jobs_lagou_cn.csv", None, {}),
        ("05_entity/chicago_sites_true_ids.csv", None, {}),
    ],
)
def test_real_files_land_whole(shared_data: Path, file: str, rows: int | None, kinds: dict[str, str]) -> None:
    batch = actions.land_file(who=SYSTEM, path=shared_data / file, dataset="real.file")
    assert batch.state == BatchState.RECONCILED, (batch.failure, batch.failure_detail)
    assert batch.difference == 0
    assert (batch.quarantined or 0) <= 0.01 * (batch.source_rows or 0)
    if rows is not None:
        assert batch.source_rows == rows
    from hunhe.hub.lake import queries as lake

    version = lake.active(who=SYSTEM, table="real.file")
    assert version is not None
    assert {name: version.columns[name] for name in kinds} == kinds
    assert actions.land_file(who=SYSTEM, path=shared_data / file, dataset="real.file").id == batch.id
