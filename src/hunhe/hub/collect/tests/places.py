"""Contracts and files for the tests of collection."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hunhe.hub.collect import actions, models
from hunhe.hub.collect.contract import read_contract, write_contract
from hunhe.hub.collect.shapes import Batch
from hunhe.hub.lake import queries as lake
from hunhe.stone import ids
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
HEADER = ("登记编号", "身份证号", "姓名", "登记日期", "用工单位代码")
FIELDS = [
    {"name": "reg_no", "title": "登记编号", "required": True},
    {"name": "id_number", "title": "身份证号", "type": "id_number", "required": True, "sensitive": "personal"},
    {"name": "name", "title": "姓名", "required": True, "sensitive": "personal"},
    {"name": "reg_date", "title": "登记日期", "type": "date", "past": True},
    {"name": "employer_uscc", "title": "用工单位代码", "type": "uscc"},
]
GOOD_USCC = "91350100M000100Y43"


def id_number(serial: int) -> str:
    """A valid 18-character number for any serial below 10 million."""
    body = (
        f"2101{serial // 1_000_000 + 10:02d}1990{serial // 28_000 % 12 + 1:02d}{serial // 1000 % 28 + 1:02d}{serial % 1000:03d}"
    )
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def row(serial: int, **changes: str) -> list[str]:
    values = {
        "reg_no": f"JY{serial:08d}",
        "id_number": id_number(serial),
        "name": f"张{serial % 97}",
        "reg_date": "2024-03-01",
        "employer_uscc": GOOD_USCC,
    }
    return list((values | changes).values())


def make_dataset(**changes: Any) -> str:
    """Put a contract in force; returns its id."""
    data: dict[str, Any] = {
        "id": "t." + ids.new("d"),
        "department": "human_resources",
        "name": "就业登记",
        "key": ["reg_no"],
        "fields": FIELDS,
        "source": {"kind": "files", "pattern": "*.csv"},
        "load": {"threshold": 0.5},
        **changes,
    }
    contract = read_contract(data)
    models.Dataset.objects.create(
        id=contract.id, department=contract.department, name=contract.name, contract=write_contract(contract)
    )
    return contract.id


def csv_bytes(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "gb18030") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def land(dataset: str, folder: Path, data: bytes, name: str = "drop.csv") -> Batch:
    path = folder / name
    path.write_bytes(data)
    return actions.land_file(who=SYSTEM, path=path, dataset=dataset)


def current(dataset: str, columns: str = "*", table: str = "") -> list[tuple[Any, ...]]:
    """Rows of a lake table, in order."""
    engine = lake.connect(who=SYSTEM, memory="300MB")
    scan = lake.scan_sql(who=SYSTEM, table=dataset + table)
    rows: list[tuple[Any, ...]] = engine.sql(f"SELECT {columns} FROM {scan} ORDER BY ALL").fetchall()
    engine.close()
    return rows
