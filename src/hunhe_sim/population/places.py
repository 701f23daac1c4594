"""Where people live: the division tree of any city, read from a CSV, with codes brought to the standard lengths."""

import csv
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LEVELS = ("province", "city", "district", "street", "community")
PATHS = (
    "文昌",
    "青松",
    "柳河",
    "望湖",
    "启明",
    "华新",
    "和顺",
    "临江",
    "百合",
    "育才",
    "新泰",
    "朝霞",
    "砚台",
    "渡口",
    "北麓",
    "春晖",
)
STREETS = ("长宁", "丰乐", "松涛", "永安", "云峰", "银杏", "清泉", "康宁", "梧桐", "晴川", "书香", "瓷窑", "稻香", "冰河")
ROADS = [f"{name}{kind}" for kind, names in (("路", PATHS), ("街", STREETS)) for name in names]


class DivisionsRefused(ValueError):
    """The CSV cannot be read as a division tree; the message says where."""


@dataclass(frozen=True, slots=True)
class Places:
    """The lowest divisions (communities where the CSV has them), as columns of the same length.

    `district_codes` are six digits, for identity numbers; `codes` are written as the CSV has them.
    """

    city: str
    province: str
    codes: NDArray[np.str_]
    paths: NDArray[np.str_]  # district + street + community, as an address begins
    districts: NDArray[np.str_]
    district_codes: NDArray[np.int64]


def six_digits(code: str) -> int:
    """A division code as a six-digit number: cut or filled with zeros; one with letters gets a stable number in 900000..999999."""
    return int(code[:6].ljust(6, "0")) if code.isascii() and code.isdigit() else 900000 + zlib.crc32(code.encode()) % 100000


def read_places(path: Path) -> Places:
    """Read `code,level,name,parent_code`. Raises `DivisionsRefused` for missing columns, an unknown level or no usable place."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"code", "level", "name", "parent_code"} - set(reader.fieldnames or ())
        if missing:
            raise DivisionsRefused(f"{path}: columns missing: {', '.join(sorted(missing))}")
        rows = {row["code"].strip(): row for row in reader if row["code"].strip()}
    for code, row in rows.items():
        if row["level"] not in LEVELS:
            raise DivisionsRefused(f"{path}: {code} has level {row['level']!r}; known are {', '.join(LEVELS)}")
    return _columns(path, rows)


def _columns(path: Path, rows: dict[str, dict[str, str]]) -> Places:
    present = [level for level in LEVELS if any(row["level"] == level for row in rows.values())]
    leaves = [code for code, row in rows.items() if row["level"] == present[-1]] if present else []
    chains = {code: _chain(rows, code) for code in leaves}
    if not leaves:
        raise DivisionsRefused(f"{path}: no divisions")
    first = chains[leaves[0]]
    home = [chain.get("district") or chain.get("city") or code for code, chain in chains.items()]
    return Places(
        city=rows[first["city"]]["name"] if "city" in first else "示例市",
        province=rows[first["province"]]["name"] if "province" in first else "",
        codes=np.array(leaves),
        paths=np.array(
            ["".join(rows[chain[level]]["name"] for level in LEVELS[2:] if level in chain) for chain in chains.values()]
        ),
        districts=np.array([rows[code]["name"] for code in home]),
        district_codes=np.array([six_digits(code) for code in home], dtype=np.int64),
    )


def _chain(rows: dict[str, dict[str, str]], code: str) -> dict[str, str]:
    """Level → code, from a division up to its root; a loop or a missing parent ends it."""
    chain: dict[str, str] = {}
    while code in rows and rows[code]["level"] not in chain:
        chain[rows[code]["level"]] = code
        code = rows[code]["parent_code"].strip()
    return chain
