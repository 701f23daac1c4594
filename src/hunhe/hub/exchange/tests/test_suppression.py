"""Small counts, attacked by somebody who holds every answer and solves the equations."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hunhe.hub.exchange.rules.suppression import Told, hidden_in_line, tell

LEAST = 5
NAMES = ("a", "b", "c")


def counted(rows: list[tuple[str, ...]]) -> tuple[dict[str, dict[str, int]], dict[tuple[str, str], dict[tuple[str, str], int]]]:
    """Complete counts of rows, by each column and each pair."""
    width = len(rows[0]) if rows else 0
    columns: dict[str, dict[str, int]] = {name: {} for name in NAMES[:width]}
    pairs: dict[tuple[str, str], dict[tuple[str, str], int]] = {pair: {} for pair in combinations(NAMES[:width], 2)}
    for row in rows:
        for place, name in enumerate(NAMES[:width]):
            columns[name][row[place]] = columns[name].get(row[place], 0) + 1
        for first, second in pairs:
            cell = row[NAMES.index(first)], row[NAMES.index(second)]
            pairs[first, second][cell] = pairs[first, second].get(cell, 0) + 1
    return columns, pairs


def attack(told: Told, columns: Mapping[str, Mapping[str, int]]) -> set[Any]:
    """Unknown counts with one possible value only: the equations of the sums, solved exactly. Knows which values exist."""
    equations: list[tuple[dict[Any, int], int]] = []
    for name, line in told.columns.items():
        unknown = {(name, value): 1 for value in columns[name] if value not in line}
        equations.append((unknown, (told.total or 0) - sum(line.values())))
    for (first, second), grid in told.pairs.items():
        for name, other, across in ((first, second, False), (second, first, True)):
            for value in columns[name]:
                cells = [(value, w) if not across else (w, value) for w in columns[other]]
                terms: dict[Any, int] = {(first, second, cell): 1 for cell in cells if cell not in grid}
                known = sum(grid[cell] for cell in cells if cell in grid)
                if value in told.columns[name]:
                    equations.append((terms, told.columns[name][value] - known))
                else:
                    equations.append(({**terms, (name, value): -1}, -known))
    return determined(equations)


def determined(equations: Iterable[tuple[dict[Any, int], int]]) -> set[Any]:
    """Variables that the equations leave one value: Gauss–Jordan over fractions."""
    rows = [{name: Fraction(factor) for name, factor in terms.items()} for terms, _ in equations]
    pivots: dict[Any, dict[Any, Fraction]] = {}
    for row in rows:
        for pivot, reduced in pivots.items():
            if pivot in row:
                row = subtract(row, reduced, row[pivot])  # the reduced row is the row
        if not row:
            continue
        pivot = next(iter(row))
        row = {name: factor / row[pivot] for name, factor in row.items()}
        pivots = {name: subtract(old, row, old[pivot]) if pivot in old else old for name, old in pivots.items()}
        pivots[pivot] = row
    return {pivot for pivot, row in pivots.items() if len(row) == 1}


def subtract(row: dict[Any, Fraction], other: dict[Any, Fraction], times: Fraction) -> dict[Any, Fraction]:
    left = {name: row.get(name, Fraction(0)) - times * other.get(name, Fraction(0)) for name in {*row, *other}}
    return {name: factor for name, factor in left.items() if factor}


rows_of = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.tuples(*[st.sampled_from("pqrs") for _ in range(width)]), min_size=0, max_size=120)
)


@settings(max_examples=300, deadline=None)
@given(rows=rows_of)
def test_no_small_count_can_be_solved_for(rows: list[tuple[str, ...]]) -> None:
    columns, pairs = counted(rows)
    told = tell(len(rows), columns, pairs, LEAST)
    assert all(count >= LEAST for line in told.columns.values() for count in line.values())
    assert all(count >= LEAST for grid in told.pairs.values() for count in grid.values())
    solved = attack(told, columns)
    hidden = {(name, value) for name in told.columns for value in columns[name] if value not in told.columns[name]}
    hidden |= {(*pair, cell) for pair, grid in told.pairs.items() for cell in pairs[pair] if cell not in grid}
    assert not hidden & solved


@settings(max_examples=100, deadline=None)
@given(
    grid=st.dictionaries(st.tuples(st.sampled_from("pqr"), st.sampled_from("xyz")), st.integers(1, 6), min_size=1),
)
def test_counts_that_cannot_be_negative_betray_none(grid: dict[tuple[str, str], int]) -> None:
    """Every split of whole numbers that fits the sums is tried: each hidden cell takes at least two values among them."""
    rows = [cell for cell, count in grid.items() for _ in range(count)]
    columns, pairs = counted(rows)
    told = tell(len(rows), columns, pairs, 3)
    if ("a", "b") not in told.pairs:
        return
    shown, possible = told.pairs["a", "b"], {}
    free = [cell for cell in product(columns["a"], columns["b"]) if cell not in shown]
    for filling in splits(free, shown, columns):
        for cell, count in filling.items():
            possible.setdefault(cell, set()).add(count)
    for cell in free:
        if grid.get(cell, 0):
            assert len(possible[cell]) > 1, (cell, told)


def splits(
    free: list[tuple[str, str]], shown: Mapping[tuple[str, str], int], columns: Any
) -> Iterable[dict[tuple[str, str], int]]:
    """Fillings of the free cells with all true sums: more than an attacker knows, so a stricter trial."""
    left = {("a", value): count for value, count in columns["a"].items()} | {
        ("b", value): count for value, count in columns["b"].items()
    }
    for (first, second), count in shown.items():
        left["a", first] -= count
        left["b", second] -= count
    found: list[dict[tuple[str, str], int]] = []

    def fill(at: int, made: dict[tuple[str, str], int]) -> None:
        if len(found) >= 4000:
            return
        if at == len(free):
            if not any(left.values()):
                found.append(dict(made))
            return
        first, second = free[at]
        for count in range(min(left["a", first], left["b", second]) + 1):
            left["a", first] -= count
            left["b", second] -= count
            made[free[at]] = count
            fill(at + 1, made)
            left["a", first] += count
            left["b", second] += count

    fill(0, {})
    return found


def test_one_small_count_takes_another_with_it() -> None:
    assert hidden_in_line({"p": 2, "q": 8, "r": 40}, LEAST) == {"p", "q"}


def test_a_sum_of_ones_betrays_each() -> None:
    """Five values of one person each: who knows that each exists knows all, so nothing by this column is told."""
    assert hidden_in_line(dict.fromkeys("pqrst", 1), LEAST) is None


def test_too_few_rows_tell_nothing() -> None:
    assert tell(4, {"a": {"p": 4}}, {}, LEAST) == Told(None, {}, {})


def test_counts_that_hide_nobody_are_told_whole() -> None:
    columns, pairs = counted([("p", "q")] * 7 + [("r", "q")] * 9)
    told = tell(16, columns, pairs, LEAST)
    assert told.columns == columns
    assert told.pairs == pairs
