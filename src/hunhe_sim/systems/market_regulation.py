"""Register of enterprises of the market regulation bureau, kept in a file and served over HTTP by `hunhe_sim serve`."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from hunhe_sim import identifiers
from hunhe_sim.population.firms import INDUSTRIES, KINDS, STATUSES, Firms
from hunhe_sim.population.flaws import ENTERPRISES, chosen, spoil_ids
from hunhe_sim.population.people import Ints, People
from hunhe_sim.systems.rows import Row

NAME = "市场主体登记系统（模拟）"
FILE = "market_regulation/enterprises.sqlite"
COLUMNS = (
    "uscc", "name", "legal_rep", "legal_rep_id", "type", "capital", "industry_code", "address", "division_code", "established", "status",
    "updated_at",
)  # fmt: skip


def write_down(people: People, firms: Firms, rows: Ints, rng: np.random.Generator, tally: Counter[str]) -> list[Row]:
    count, who = len(rows), firms.representative[rows]
    numbers = spoil_ids(rng, people.id_numbers(who).tolist(), ENTERPRISES)
    wrong, bad, future = (chosen(rng, count, rate) for rate in (0.002, ENTERPRISES.bad_code, ENTERPRISES.future_date))
    code, name, person = firms.credit_code[rows].tolist(), firms.name[rows].tolist(), people.names(who).tolist()
    kind, capital = firms.kind[rows].tolist(), firms.capital[rows].tolist()
    industry, status = firms.industry[rows].tolist(), firms.status[rows].tolist()
    address, division = firms.addresses(rows), firms.places.codes[firms.place[rows]].tolist()
    established = np.where(future, np.datetime64("2099-01-01"), firms.established[rows]).tolist()
    updated = (np.datetime64(people.as_of, "D") - rng.integers(1, 900, size=count)).tolist()
    tally.update(number.flaw for number in numbers)
    tally.update(code_wrong_check=sum(wrong), bad_code=sum(bad), future_date=sum(future))
    return [
        (
            identifiers.with_wrong_check(code[i]) if wrong[i] else code[i], name[i], person[i], numbers[i].number, KINDS[kind[i]], str(capital[i]),
            "Z9999" if bad[i] else INDUSTRIES[industry[i]][0], address[i], division[i], established[i].isoformat(), STATUSES[status[i]],
            f"{updated[i].isoformat()}T09:00:00+08:00",
        )
        for i in range(count)
    ]  # fmt: skip


class Writer:
    """Enterprises in `rowid` order, so that a page is one range of rows."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        path.parent.mkdir(parents=True)
        self._connection = sqlite3.connect(path)
        self._connection.execute(
            f"CREATE TABLE enterprise (place INTEGER PRIMARY KEY, {', '.join(f'{column} TEXT' for column in COLUMNS)})"
        )

    def write(self, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(COLUMNS))
        self._connection.executemany(f"INSERT INTO enterprise ({', '.join(COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608 — constants only

    def close(self) -> None:
        self._connection.commit()
        self._connection.close()


def read_page(connection: sqlite3.Connection, page: int, size: int) -> tuple[int, list[dict[str, object]]]:
    """(total, items of the 1-based page). `capital` is a number of yuan."""
    (total,) = connection.execute("SELECT coalesce(max(place), 0) FROM enterprise").fetchone()
    first = (page - 1) * size
    found = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM enterprise WHERE place > ? AND place <= ? ORDER BY place",  # noqa: S608 — constants only
        (first, first + size),
    )
    items: list[dict[str, object]] = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    for item in items:
        item["capital"] = int(str(item["capital"]))
    return int(total), items
