"""Insured persons of the health insurance bureau: an Excel workbook a month, keyed by insurance number."""

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np

from hunhe_sim.population import names
from hunhe_sim.population.firms import Firms
from hunhe_sim.population.flaws import INSURANCE, Written, chosen, spoil_ids
from hunhe_sim.population.people import DEAD, LEFT, Ints, People
from hunhe_sim.systems.rows import Row, Rows, repeat_some
from hunhe_sim.systems.workbook import Workbook

NAME = "医保参保系统（模拟）"
FOLDER = "health_insurance"
HEADERS = ("参保号", "身份证号", "姓名", "性别", "参保状态", "参保类型", "单位代码", "地址", "手机", "更新日期")
KEY, PHONE, DATE = HEADERS.index("参保号"), HEADERS.index("手机"), HEADERS.index("更新日期")
COVERED = 0.88
STILL_INSURED = 0.4  # of the insured dead: the death has not reached this list
IN_FORCE, PAUSED, ENDED = "正常参保", "暂停参保", "终止参保"
EMPLOYEES, RESIDENTS = "职工", "居民"


def file_name(day: date) -> str:
    return f"{FOLDER}/insured_{day:%Y%m}.xlsx"


def insurance_number(person: int, list_: int) -> str:
    return str(3_000_000_000 + (person * 2 + list_) * 13)


def write_down(people: People, firms: Firms, rows: Ints, rng: np.random.Generator, tally: Counter[str]) -> Rows:
    count = len(rows)
    covered = rng.random(count) < COVERED
    numbers = spoil_ids(rng, people.id_numbers(rows).tolist(), INSURANCE)
    twice = np.array(chosen(rng, count, INSURANCE.second_key)) & covered
    out = Rows()
    _fill(out, people, firms, rows, np.flatnonzero(covered), 0, numbers, rng, tally)
    _fill(out, people, firms, rows, np.flatnonzero(twice), 1, numbers, rng, tally)
    tally["second_key"] += int(twice.sum())
    repeat_some(rng, out, INSURANCE, lambda row: _restated(row, people.as_of), tally)
    return out


def _fill(
    out: Rows,
    people: People,
    firms: Firms,
    rows: Ints,
    insured: Ints,
    list_: int,
    numbers: list[Written],
    rng: np.random.Generator,
    tally: Counter[str],
) -> None:
    who, count = rows[insured], len(insured)
    slips, future, bad = (chosen(rng, count, rate) for rate in (INSURANCE.name_slip, INSURANCE.future_date, INSURANCE.bad_code))
    how, ages = rng.random(count).tolist(), people.ages()[who]
    employee = ((ages >= 18) & (ages < 60) & (rng.random(count) < 0.7)).tolist() if list_ == 0 else [False] * count
    state = _states(people.status[who], rng)
    dates = np.datetime64(people.as_of, "D") - rng.integers(0, 1500, size=count)
    dates = np.where(future, np.datetime64("2099-01-01") + rng.integers(0, 365, size=count), dates).tolist()
    name, phone, sex = people.names(who).tolist(), people.former_phone[who].tolist(), people.male[who].tolist()
    address, code = people.addresses(people.former, who), firms.credit_code[rng.integers(0, len(firms), size=count)].tolist()
    for j, (i, person) in enumerate(zip(insured.tolist(), who.tolist(), strict=True)):
        written = names.mistype(name[j], how[j]) if slips[j] else name[j]
        kind = "其它" if bad[j] else EMPLOYEES if employee[j] else RESIDENTS
        row = (
            insurance_number(person, list_), numbers[i].number, written, "男" if sex[j] else "女", state[j], kind, code[j] if employee[j] else "",
            f"{people.places.city}{address[j]}", str(phone[j]), dates[j].isoformat(),
        )  # fmt: skip
        out.add(row, i)
        tally[numbers[i].flaw] += 1
    tally.update(name_slip=sum(slips), future_date=sum(future), bad_code=sum(bad))


def _states(status: Ints, rng: np.random.Generator) -> list[str]:
    draw = rng.random(len(status))
    ended = ((status == DEAD) & (draw >= STILL_INSURED)) | ((status == LEFT) & (draw < 0.5))
    states: list[str] = np.where(ended, ENDED, np.where((status != DEAD) & (draw > 0.96), PAUSED, IN_FORCE)).tolist()
    return states


def _restated(row: Row, as_of: date) -> Row:
    values = list(row)
    values[DATE], values[PHONE] = as_of.isoformat(), f"{row[PHONE][:-1]}{(int(row[PHONE][-1]) + 1) % 10}"
    return tuple(values)


def open_writer(folder: Path, day: date) -> Workbook:
    return Workbook(folder / file_name(day), "参保人员", HEADERS)
