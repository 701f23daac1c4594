"""Household register of the public security bureau: a database table `resident`, keyed by identity number."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import psycopg

from hunhe_sim import identifiers
from hunhe_sim.population import names
from hunhe_sim.population.flaws import POLICE, chosen, had_old_number, spoil_ids
from hunhe_sim.population.people import NATIONS, Ints, People, compact_days
from hunhe_sim.systems.rows import Row, Rows, repeat_some

NAME = "公安人口管理系统（模拟）"
FILE = "public_security/household.sqlite"
COLUMNS = ("id_number", "name", "sex", "birth_date", "nation", "address", "division_code", "phone", "status", "updated_at")
STATUSES = ("正常", "死亡", "迁出")
KEY = COLUMNS.index("id_number")
UNLISTED = 0.004  # share of people who live here but never registered
CREATE = f"CREATE TABLE resident ({', '.join(f'{column} text' for column in COLUMNS)})"


def write_down(people: People, rows: Ints, rng: np.random.Generator, tally: Counter[str]) -> Rows:
    count = len(rows)
    listed, slips = rng.random(count) >= UNLISTED, chosen(rng, count, POLICE.name_slip)
    future, bad, twin = (chosen(rng, count, rate) for rate in (POLICE.future_date, POLICE.bad_code, POLICE.twin))
    how = rng.random(count).tolist()
    true_numbers = people.id_numbers(rows).tolist()
    numbers = spoil_ids(rng, true_numbers, POLICE)
    name, birth = people.names(rows).tolist(), people.birth[rows].tolist()
    address, code = people.addresses(people.home, rows), people.places.codes[people.home.place[rows]].tolist()
    sex, status, phone = people.male[rows].tolist(), people.status[rows].tolist(), people.phone[rows].tolist()
    nation, updated = people.nation[rows].tolist(), _moments(people.as_of, rng, count)
    out = Rows()
    for i in np.flatnonzero(listed).tolist():
        born = birth[i] if not future[i] else birth[i] + timedelta(days=44_000)
        tally["future_date"] += future[i]
        tally["bad_code"] += bad[i]
        tally["name_slip"] += slips[i]
        tally[numbers[i].flaw] += 1
        row = (
            numbers[i].number, names.mistype(name[i], how[i]) if slips[i] else name[i], "男" if sex[i] else "女", born.isoformat(),
            NATIONS[nation[i]], f"{people.places.province}{people.places.city}{address[i]}", "999999999999" if bad[i] else code[i],
            str(phone[i]), STATUSES[status[i]], updated[i],
        )  # fmt: skip
        out.add(row, i)
        if twin[i] and had_old_number(true_numbers[i]):
            out.add((identifiers.citizen_number_of_old(true_numbers[i]), *row[1:-1], "2001-06-30T00:00:00+08:00"), i)
            tally["twin"] += 1
    repeat_some(rng, out, POLICE, lambda row: row, tally)
    return out


def _moments(as_of: date, rng: np.random.Generator, count: int) -> list[str]:
    """Times of last change within ten years before `as_of`, ISO 8601 at +08:00."""
    days = compact_days(np.datetime64(as_of, "D") - rng.integers(1, 3650, size=count)).tolist()
    seconds = rng.integers(8 * 3600, 17 * 3600, size=count).tolist()
    return [
        f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+08:00"
        for day, second in zip(days, seconds, strict=True)
    ]


class Writer:
    """The SQLite file, filled slice by slice in one transaction."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.path.parent.mkdir(parents=True)
        self._connection = sqlite3.connect(self.path)
        self._connection.execute(CREATE)

    def write(self, rows: Iterable[Row]) -> None:
        self._connection.executemany(f"INSERT INTO resident VALUES ({', '.join('?' * len(COLUMNS))})", rows)  # noqa: S608 — a constant count of marks

    def close(self) -> None:
        self._connection.execute("CREATE INDEX resident_updated ON resident (updated_at, id_number)")
        self._connection.commit()
        self._connection.close()


def copy_to_postgres(folder: Path, url: str) -> None:
    """Replace the table `resident` in a PostgreSQL database by the file's rows, in their order."""
    with psycopg.connect(url) as target, target.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS resident")
        cursor.execute(CREATE)
        with cursor.copy("COPY resident FROM STDIN") as copy:
            for row in _stored(folder):
                copy.write_row(row)


def _stored(folder: Path) -> Iterator[Row]:
    connection = sqlite3.connect(folder / FILE)
    try:
        yield from connection.execute("SELECT * FROM resident ORDER BY rowid")
    finally:
        connection.close()
