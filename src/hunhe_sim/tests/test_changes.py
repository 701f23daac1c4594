import csv
import shutil
from pathlib import Path

import numpy as np

from hunhe_sim.systems.changes import KEPT, employment_lists, next_employment_list


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_bytes().decode("gb18030").splitlines()))


def test_the_next_list_keeps_every_key_and_changes_a_few_rows(world: Path, tmp_path: Path) -> None:
    copy = tmp_path / "w"
    shutil.copytree(world, copy)
    (first,) = employment_lists(copy)
    second = next_employment_list(copy, np.random.default_rng(1))
    assert second.name == "employment_20260701.csv"
    before, after = rows(first), rows(second)
    assert [row[0] for row in before] == [row[0] for row in after]
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    assert 0 < changed < len(before) * 0.03


def test_old_lists_are_cleared_away_but_the_first_stays(world: Path, tmp_path: Path) -> None:
    copy = tmp_path / "w"
    shutil.copytree(world, copy)
    (first,) = employment_lists(copy)
    made = [next_employment_list(copy, np.random.default_rng(1)) for _ in range(6)]
    assert employment_lists(copy) == [first, *made[-KEPT:]]
