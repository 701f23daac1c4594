"""`hunhe bench land`: a governed load against its floor, DuckDB's bare CSV → Parquet COPY of the same file in the same run."""

import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from hunhe.hub.collect import actions, models
from hunhe.hub.collect.checks import quote
from hunhe.hub.collect.contract import read_contract, write_contract
from hunhe.hub.collect.identifiers_sql import ID_WEIGHTS
from hunhe.hub.lake import queries as lake
from hunhe.stone import ids
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

WHO = Who.system("bench")
HEADER = ("登记编号", "身份证号", "姓名", "登记日期", "用工单位代码", "用工单位", "行业代码", "月工资", "手机")
FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "reg_no", "required": True},
    {"name": "id_number", "type": "id_number", "required": True, "sensitive": "personal"},
    {"name": "name", "required": True, "sensitive": "personal"},
    {"name": "reg_date", "type": "date", "past": True},
    {"name": "employer_uscc", "type": "uscc"},
    {"name": "employer", "required": True},
    {"name": "industry_code", "type": "code", "pattern": "[A-T][0-9]{2,4}"},
    {"name": "monthly_wage", "type": "money", "minimum": 0},
    {"name": "phone", "type": "phone", "sensitive": "personal"},
)


def bench_land(rows: int = 1_000_000) -> list[dict[str, Any]]:
    """Load `rows` rows, one in a thousand bad: check, quarantine, reconcile. Value and floor in rows a second."""
    settings.HUNHE_VAR.staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.HUNHE_VAR.staging) as place:
        path = Path(place) / "employment.csv"
        engine = lake.connect(who=WHO, memory="1GB")
        _write_csv(engine, path, rows)
        floor = rows / min(_copy_seconds(engine, path, Path(place)) for _ in range(2))
        engine.close()
        first = _land(path, rows, "")
        shutil.copyfile(path, again := Path(place) / "again.csv")
        with again.open("ab") as file:
            file.write(path.read_bytes().splitlines()[1].replace(b"JY00000000", b"JY99999999") + b"\n")
        next_ = _land(again, rows + 1, first["dataset"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    detail = f"{rows:,} rows × {len(HEADER)} columns, 1 in 1,000 held back, books balanced; peak memory of the process {memory:,.0f} MiB"
    return [
        _result("land", rows / first["seconds"], floor, f"first load: {detail}"),
        _result("land", rows / next_["seconds"], floor, f"next load, with changes against the first: {detail}"),
    ]


def _result(bench: str, value: float, floor: float, detail: str) -> dict[str, Any]:
    return {"bench": bench, "value": value, "unit": "rows/s", "floor": floor, "ratio": value / floor, "detail": detail}


def _copy_seconds(engine: "duckdb.DuckDBPyConnection", path: Path, place: Path) -> float:
    began = time.perf_counter()
    engine.sql(f"COPY (SELECT * FROM read_csv({quote(str(path))})) TO {quote(str(place / 'floor.parquet'))} (FORMAT parquet)")
    return time.perf_counter() - began


def _land(path: Path, rows: int, dataset: str) -> dict[str, Any]:
    dataset = dataset or _contract()
    began = time.perf_counter()
    batch = actions.land_file(who=WHO, path=path, dataset=dataset)
    seconds = time.perf_counter() - began
    if batch.loaded is None or batch.loaded + (batch.quarantined or 0) != rows or batch.quarantined != rows // 1000:
        raise Conflict("collect.bench.books", msgid("The books of this batch are off by %(rows)s rows."), rows=batch.difference)
    return {"dataset": dataset, "seconds": seconds}


def _contract() -> str:
    fields = [{"title": title, **field} for title, field in zip(HEADER, FIELDS, strict=True)]
    data = {
        "id": "bench." + ids.new("d"),
        "department": "human_resources",
        "name": "bench",
        "key": ["reg_no"],
        "fields": fields,
    }
    dataset = read_contract(data)
    models.Dataset.objects.create(
        id=dataset.id, department=dataset.department, name=dataset.name, contract=write_contract(dataset), inferred=True
    )
    return dataset.id


def _write_csv(engine: "duckdb.DuckDBPyConnection", path: Path, rows: int) -> None:
    """Valid identity numbers, except that every thousandth has a wrong check character."""
    body = "'2101' || lpad(CAST(2 + n % 80 AS VARCHAR), 2, '0') || '19' || lpad(CAST(60 + n % 40 AS VARCHAR), 2, '0') || '0' || (1 + n % 9) || '1' || (n % 10) || lpad(CAST(n % 1000 AS VARCHAR), 3, '0')"
    total = " + ".join(f"{weight} * CAST(substr(body, {place + 1}, 1) AS INT)" for place, weight in enumerate(ID_WEIGHTS))
    last = f"(({total}) + CASE WHEN n % 1000 = 999 THEN 1 ELSE 0 END) % 11"
    engine.sql(
        f"COPY (SELECT 'JY' || lpad(CAST(n AS VARCHAR), 8, '0') AS {HEADER[0]}, body || substr('10X98765432', CAST({last} AS BIGINT) + 1, 1) AS {HEADER[1]},"
        f" '张' || n % 777 AS {HEADER[2]}, DATE '2015-01-01' + CAST(n % 3900 AS INT) AS {HEADER[3]}, '91350100M000100Y43' AS {HEADER[4]},"
        f" '沈阳某某公司' || n % 90000 AS {HEADER[5]}, 'I65' || lpad(CAST(n % 20 AS VARCHAR), 2, '0') AS {HEADER[6]}, 3000 + n % 9000 AS {HEADER[7]},"
        f" '138' || lpad(CAST(n % 100000000 AS VARCHAR), 8, '0') AS {HEADER[8]}"
        f" FROM (SELECT range AS n, {body.replace('n ', 'range ').replace('(n', '(range')} AS body FROM range({rows})))"
        f" TO {quote(str(path))} (HEADER)"
    )
