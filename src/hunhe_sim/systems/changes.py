"""A register goes on: the next day's employment list is the last one with a few phones and wages changed."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from hunhe_sim.systems.human_resources import FOLDER, HEADERS, PHONE, file_name

WAGE = HEADERS.index("月工资")
CHANGED = 0.01
KEPT = 3  # lists of the last days; older ones are cleared away, the first stays
_NAME = re.compile(r"employment_(\d{4})(\d{2})(\d{2})\.csv")


def next_employment_list(world: Path, rng: np.random.Generator) -> Path:
    """Write the list of the day after the newest one; rows and keys stay, one row in a hundred changes. Returns its path.

    Row by row, so that memory does not grow with the list; the file gets its name when it is whole.
    """
    lists = employment_lists(world)
    newest = lists[-1]
    path = world / file_name(_day_of(newest) + timedelta(days=1))
    aside = path.with_suffix(".part")
    with newest.open(encoding="gb18030", newline="") as source, aside.open("w", encoding="gb18030", newline="") as target:
        rows, writer = csv.reader(source), csv.writer(target, lineterminator="\r\n")
        writer.writerow(next(rows))
        for row in rows:
            if rng.random() < CHANGED:
                row[PHONE] = f"{row[PHONE][:-4]}{rng.integers(10_000):04d}"
                row[WAGE] = str(int(row[WAGE]) + 100)
            writer.writerow(row)
    aside.replace(path)
    for old in lists[1 : 1 - KEPT]:
        old.unlink()
    return path


def employment_lists(world: Path) -> list[Path]:
    """All lists that lie ready, oldest first."""
    return sorted(path for path in (world / FOLDER).iterdir() if _NAME.fullmatch(path.name))


def _day_of(path: Path) -> date:
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise ValueError(f"{path} is no employment list")
    year, month, day = (int(part) for part in found.groups())
    return date(year, month, day)
