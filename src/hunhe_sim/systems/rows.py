"""Rows of one slice of people as an office holds them, with their owners, and the repetitions every list gathers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from hunhe_sim.population.flaws import Rates, chosen

Row = tuple[str, ...]


@dataclass(slots=True)
class Rows:
    """`owners[i]` is the position, within the slice, of the person whose row `rows[i]` is."""

    rows: list[Row] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)

    def add(self, row: Row, owner: int) -> None:
        self.rows.append(row)
        self.owners.append(owner)

    def keys_by_owner(self, count: int, key_column: int) -> list[list[str]]:
        """The distinct non-empty keys of each person, in order of first appearance."""
        found: list[dict[str, None]] = [{} for _ in range(count)]
        for row, owner in zip(self.rows, self.owners, strict=True):
            if row[key_column]:
                found[owner][row[key_column]] = None
        return [list(keys) for keys in found]


def repeat_some(rng: np.random.Generator, rows: Rows, rates: Rates, restate: Callable[[Row], Row], tally: Counter[str]) -> None:
    """Append byte-for-byte repetitions and later restatements of some rows, then mix the order of the slice."""
    count = len(rows.rows)
    for flaw, rate, change in (("repeated", rates.repeated, None), ("restated", rates.restated, restate)):
        for place in np.flatnonzero(chosen(rng, count, rate)).tolist():
            rows.add(change(rows.rows[place]) if change else rows.rows[place], rows.owners[place])
            tally[flaw] += 1
    order = rng.permutation(len(rows.rows)).tolist()
    rows.rows = [rows.rows[place] for place in order]
    rows.owners = [rows.owners[place] for place in order]
