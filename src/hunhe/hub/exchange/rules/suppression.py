"""Which counts may be told, so that nobody can work out those that may not.

What an attacker knows: every count that any call may ever get of one version of one table: the total, the counts by each
column, and by each pair of columns. Each pair is the sum of its two single columns, so hidden cells and hidden sums are
unknowns of one system of equations. Three things make every hidden count keep at least two possible values in all of it:

1. The counts by one column: hidden ones are at least two, and their sum leaves room for another split.
2. In a pair, each hidden cell lies on a ring of untold cells along which one can be taken from it and put elsewhere, all
   sums staying as they are. That holds whatever is known of the sums, and so whatever other pairs tell.
3. In a pair, one can be moved between any two hidden sums of a column by untold cells alone, so that the freedom of (1)
   is not lost by what a pair tells.

Where a pair cannot be made so, none of its cells is told. Cells of a pair that are not told may also be zero.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Line = Mapping[str, int]
Grid = Mapping[tuple[str, str], int]
MOST_VALUES = 60
MOST_CELLS = 900


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told. A column or pair that is missing is told not at all; a missing cell is hidden, or zero in a pair."""

    total: int | None
    columns: Mapping[str, Line]
    pairs: Mapping[tuple[str, str], Grid]


def tell(total: int, columns: Mapping[str, Line], pairs: Mapping[tuple[str, str], Grid], least: int) -> Told:
    """Drop from complete counts what could point at fewer than `least` people."""
    if total < least:
        return Told(None, {}, {})
    hidden = {name: hidden_in_line(line, least) for name, line in columns.items() if len(line) <= MOST_VALUES}
    told = {
        name: {value: count for value, count in columns[name].items() if value not in kept}
        for name, kept in hidden.items()
        if kept is not None
    }
    grids = {}
    for (first, second), grid in pairs.items():
        rows, across = hidden.get(first), hidden.get(second)
        if rows is None or across is None:
            continue
        found = told_in_grid(grid, columns[first], columns[second], rows, across, least)
        if found is not None:
            grids[first, second] = found
    return Told(total, told, grids)


def hidden_in_line(line: Line, least: int) -> frozenset[str] | None:
    """Values whose counts stay hidden when their sum is known; None when nothing at all may be told."""
    hidden = {value for value, count in line.items() if count < least}
    rest = iter(sorted((count, value) for value, count in line.items() if value not in hidden))
    while hidden and (len(hidden) < 2 or sum(line[value] for value in hidden) < max(least, len(hidden) + 1)):
        following = next(rest, None)
        if following is None:
            return None
        hidden.add(following[1])
    return frozenset(hidden)


def told_in_grid(
    grid: Grid, rows: Line, across: Line, hidden_rows: frozenset[str], hidden_across: frozenset[str], least: int
) -> Grid | None:
    """Cells of a pair that may be told; None when it cannot be made safe."""
    if len(rows) * len(across) > MOST_CELLS:
        return None
    work = _Work(dict(grid), tuple(rows), tuple(across))
    work.hide(cell for cell, count in grid.items() if count < least)
    safe = work.join(sorted(hidden_rows), by_row=True) and work.join(sorted(hidden_across), by_row=False) and work.ring()
    return {cell: count for cell, count in grid.items() if count and cell not in work.hidden} if safe else None


@dataclass(slots=True)
class _Work:
    """A grid on its way. hidden: cells not told, besides the empty ones, which are never told."""

    grid: dict[tuple[str, str], int]
    rows: tuple[str, ...]
    across: tuple[str, ...]
    hidden: set[tuple[str, str]] = field(default_factory=set)

    def hide(self, cells: Iterable[tuple[str, str]]) -> None:
        self.hidden.update(cell for cell in cells if self.grid.get(cell, 0))

    def cost(self, *cells: tuple[str, str]) -> int:
        """How many people's cells would have to be hidden besides."""
        return sum(self.grid.get(cell, 0) for cell in cells if cell not in self.hidden)

    def join(self, sums: list[str], *, by_row: bool) -> bool:
        """Let one be moved between any two of these sums: along a circle of them, each to the next, through one line."""
        others = self.across if by_row else self.rows
        cell: Callable[[str, str], tuple[str, str]] = (lambda a, b: (a, b)) if by_row else (lambda a, b: (b, a))
        for more, less in zip(sums, sums[1:] + sums[:1], strict=True):
            through = [other for other in others if self.grid.get(cell(less, other), 0)]
            if more == less:
                continue
            if not through:
                return False
            best = min(through, key=lambda other: self.cost(cell(less, other), cell(more, other)))
            self.hide((cell(less, best), cell(more, best)))
        return True

    def ring(self) -> bool:
        """Give each hidden cell a ring of untold cells to which one of it can go; False when there is none."""
        while True:
            bare = next((cell for cell in sorted(self.hidden) if not self._moves(cell)), None)
            if bare is None:
                return True
            row, column = bare
            rings = [
                ((row, to), (by, to), (by, column))
                for (by, to), count in self.grid.items()
                if count and by != row and to != column
            ]
            if not rings:
                return False
            self.hide(min(rings, key=lambda ring: (self.cost(*ring), ring)))

    def _moves(self, cell: tuple[str, str]) -> bool:
        """Whether one can leave this cell: from its row, add in an untold cell, take from a hidden one, and so on to its column."""
        seen, ahead = {cell[0]}, [cell[0]]
        while ahead:
            row = ahead.pop()
            for column in self.across:
                if (row, column) == cell or not self._untold(row, column):
                    continue
                if column == cell[1]:
                    return True
                for other in self._rows_hidden_in(column):
                    if other not in seen and (other, column) != cell:
                        seen.add(other)
                        ahead.append(other)
        return False

    def _untold(self, row: str, column: str) -> bool:
        return (row, column) in self.hidden or not self.grid.get((row, column), 0)

    def _rows_hidden_in(self, column: str) -> Iterator[str]:
        return (row for row in self.rows if (row, column) in self.hidden)
