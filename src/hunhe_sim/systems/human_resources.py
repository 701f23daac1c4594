"""Employment register of the human resources bureau: a GB18030 CSV a day, keyed by registration number."""

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from hunhe_sim.population import names
from hunhe_sim.population.firms import INDUSTRIES, MARK, Firms
from hunhe_sim.population.flaws import EMPLOYMENT, Written, chosen, spoil_ids
from hunhe_sim.population.people import DEAD, Ints, People
from hunhe_sim.systems.rows import Row, Rows, repeat_some

NAME = "就业登记系统（模拟）"
FOLDER = "human_resources"
HEADERS = ("登记编号", "身份证号", "姓名", "登记日期", "用工单位代码", "用工单位", "行业代码", "月工资", "手机")
KEY, DATE, PHONE = HEADERS.index("登记编号"), HEADERS.index("登记日期"), HEADERS.index("手机")
EMPLOYED = 0.68  # of people from 18 to 60


def file_name(day: date) -> str:
    return f"{FOLDER}/employment_{day:%Y%m%d}.csv"


def registration(person: int, job: int) -> str:
    return f"JY{10_000_000 + (person * 2 + job) * 7:010d}"


def write_down(people: People, firms: Firms, rows: Ints, rng: np.random.Generator, tally: Counter[str]) -> Rows:
    count, ages = len(rows), people.ages()[rows]
    employed = (ages >= 18) & (ages < 60) & (people.status[rows] != DEAD) & (rng.random(count) < EMPLOYED)
    numbers = spoil_ids(rng, people.id_numbers(rows).tolist(), EMPLOYMENT)
    second = chosen(rng, count, EMPLOYMENT.second_key)
    out = Rows()
    for job in (0, 1):
        at_work = np.flatnonzero(employed & np.array(second) if job else employed)
        _fill(out, people, firms, rows, at_work, job, numbers, rng, tally)
        tally["second_key"] += len(at_work) * job
    repeat_some(rng, out, EMPLOYMENT, lambda row: _restated(row, people.as_of), tally)
    return out


def _fill(
    out: Rows,
    people: People,
    firms: Firms,
    rows: Ints,
    at_work: Ints,
    job: int,
    numbers: list[Written],
    rng: np.random.Generator,
    tally: Counter[str],
) -> None:
    who, count = rows[at_work], len(at_work)
    employer = rng.integers(0, len(firms), size=count)
    slips, future, bad = (
        chosen(rng, count, rate) for rate in (EMPLOYMENT.name_slip, EMPLOYMENT.future_date, EMPLOYMENT.bad_code)
    )
    how, short = rng.random(count).tolist(), chosen(rng, count, 0.3)
    wage = (np.exp(rng.normal(8.65, 0.42, size=count)).astype(np.int64) // 10 * 10).tolist()
    day = np.datetime64(people.as_of, "D") - rng.integers(0, 4000, size=count)
    dates = np.where(future, np.datetime64("2099-01-01") + rng.integers(0, 365, size=count), day).tolist()
    name, phone = people.names(who).tolist(), people.former_phone[who].tolist()
    code, firm = firms.credit_code[employer].tolist(), firms.name[employer].tolist()
    industry = firms.industry[employer].tolist()
    for j, (i, person) in enumerate(zip(at_work.tolist(), who.tolist(), strict=True)):
        written = names.mistype(name[j], how[j]) if slips[j] else name[j]
        row = (
            registration(person, job), numbers[i].number, written, dates[j].isoformat(), code[j], firm[j].removesuffix(MARK) if short[j] else firm[j],
            "Z9999" if bad[j] else INDUSTRIES[industry[j]][0], str(wage[j]), str(phone[j]),
        )  # fmt: skip
        out.add(row, i)
        tally[numbers[i].flaw] += 1
    tally.update(name_slip=sum(slips), future_date=sum(future), bad_code=sum(bad))


def _restated(row: Row, as_of: date) -> Row:
    values = list(row)
    values[DATE], values[PHONE] = as_of.isoformat(), f"{row[PHONE][:-1]}{(int(row[PHONE][-1]) + 1) % 10}"
    return tuple(values)


class Writer:
    def __init__(self, folder: Path, day: date) -> None:
        path = folder / file_name(day)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="gb18030", newline="")
        self._csv = csv.writer(self._file, lineterminator="\r\n")
        self._csv.writerow(HEADERS)

    def write(self, rows: Iterable[Row]) -> None:
        self._csv.writerows(rows)

    def close(self) -> None:
        self._file.close()
