"""Real files, as others publish them: landed by `hunhe hub land`, catalogued, granted and called; each served row names its batch."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
AQI = "03_sensors/aqi_daily_cn_2013-12_2016-06.parquet"
LISTED = "05_entity/cn_listed_companies_area.csv"
DIVISIONS = "01_divisions/shenyang_divisions.csv"
CKAN = "07_services/datagov_ckan_2017_a.jsonl.gz"
pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.timeout(600)]


class City:
    """A data folder of its own, reached through the command line."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in ("HUNHE_KEYS", "HUNHE_DATABASE")}
        self.environment = {**kept, "HUNHE_VAR": str(folder / "var"), "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}

    def run(self, *arguments: str, given: str = "") -> str:
        ended = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-3000:]
        return ended.stdout

    def land(self, path: Path, dataset: str) -> dict[str, Any]:
        batch: dict[str, Any] = json.loads(self.run("hunhe.cli", "hub", "land", str(path), "--dataset", dataset))
        return batch


def _wish(dataset: str, key: dict[str, str], *columns: str) -> dict[str, Any]:
    return {"dataset": dataset, "keys": list(key), "key": key, "columns": list(columns)}


def test_landed_catalogued_and_called(shared_data: Path, tmp_path: Path) -> None:
    city = City(tmp_path)
    rows = {
        name: city.land(shared_data / file, name)
        for name, file in (("real.air", AQI), ("real.listed", LISTED), ("real.divisions", DIVISIONS), ("real.packages", CKAN))
    }
    counted = {name: (batch["state"], batch["source_rows"], batch["loaded"]) for name, batch in rows.items()}
    assert counted == {
        "real.air": ("reconciled", 272_370, 272_370),
        "real.listed": ("reconciled", 5_524, 5_524),
        "real.divisions": ("reconciled", 2_908, 2_908),
        "real.packages": ("reconciled", 5_996, 5_996),
    }
    whole = pq.read_table(shared_data / AQI, columns=["date", "city", "aqi", "pm25"]).to_pylist()
    air = whole[200_000]
    with (shared_data / LISTED).open(encoding="utf-8") as file:
        firm = next(row for row in csv.DictReader(file) if row["area"] == "辽宁")
    with gzip.open(shared_data / CKAN, "rt", encoding="utf-8") as file:
        package = json.loads(file.readlines()[4_000])
    day = str(air["date"])[:10]
    known = [{name: row[name] for name in ("city", "aqi", "pm25")} for row in whole if str(row["date"])[:10] == day]
    wishes = [
        _wish("real.air", {"date": day}, "city", "aqi", "pm25"),
        _wish("real.listed", {"ts_code": firm["ts_code"]}, "name", "industry", "list_date"),
        _wish("real.divisions", {"code": "210102"}, "name", "level"),
        _wish("real.packages", {"id": package["id"]}, "title", "state"),
    ]
    answers = [json.loads(line) for line in city.run("tests.called", given=json.dumps(wishes)).splitlines()]
    assert [(answer["before"], answer["status"]) for answer in answers] == [("no_grant", 200)] * 4, answers
    days, listed, district, described = (answer["answer"] for answer in answers)
    assert len(days["records"]) == 100  # a look-up's most; the day has more cities
    assert all(record in known for record in days["records"])
    assert listed["data"] == {"name": firm["name"], "industry": firm["industry"], "list_date": int(firm["list_date"])}
    assert district["data"] == {"name": "和平区", "level": "district"}
    assert described["data"] == {"title": package["title"], "state": package["state"]}
    for answer, batch in zip(answers, rows.values(), strict=True):
        assert answer["batches"] == [batch["id"]]
    assert "FAIL" not in city.run("hunhe.cli", "verify")


@pytest.mark.parametrize(
    ("name", "truth", "records", "precision", "recall"),
    [("febrl3", "rec_id", 5_000, 0.99, 0.98), ("chicago_sites_true_ids", "True Id", 3_337, 0.90, 0.92)],
)
def test_resolve_prints_precision_and_recall(
    shared_data: Path, tmp_path: Path, name: str, truth: str, records: int, precision: float, recall: float
) -> None:
    path = shared_data / "05_entity" / f"{name}.csv"
    found = json.loads(City(tmp_path).run("hunhe.cli", "hub", "resolve", str(path), "--truth", truth, "--json"))
    assert set(found) == {"records", "entities", "precision", "recall", "f1", "seconds"}
    assert found["records"] == records
    assert found["precision"] >= precision
    assert found["recall"] >= recall
