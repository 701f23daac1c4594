"""The Fellegi–Sunter model learnt without answers, by expectation maximisation over counted likeness patterns.

All n(n−1)/2 pairs are the population: candidate pairs are counted one by one, the rest only through a random sample, so
that how often strangers look alike (u) is not distorted by how candidates were found. (Fellegi and Sunter 1969; Winkler
1988 for the EM form.)
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Pattern = tuple[int, ...]
ROUNDS = 40
ENOUGH = 1e-4
FEWEST = 1e-7  # no share of strangers is called impossible


@dataclass(frozen=True, slots=True)
class Model:
    """`same[c][level]` and `strangers[c][level]`: share of pairs at a level, among present ones. `prior`: share of pairs that match."""

    same: tuple[tuple[float, ...], ...]
    strangers: tuple[tuple[float, ...], ...]
    prior: float

    def weight(self, comparison: int, level: int) -> float:
        """Evidence in nats; a missing cell says nothing."""
        if level < 0:
            return 0.0
        return math.log(self.same[comparison][level] / self.strangers[comparison][level])

    def usual(self, comparison: int) -> float:
        """Log of the chance that two strangers have the very same value."""
        return math.log(self.strangers[comparison][1])

    @property
    def odds(self) -> float:
        """Evidence before anything is compared."""
        return math.log(self.prior / (1 - self.prior))

    def evidence(self, pattern: Pattern) -> float:
        return self.odds + sum(self.weight(c, level) for c, level in enumerate(pattern))


def learn(
    candidates: Mapping[Pattern, int], strangers: Mapping[Pattern, int], levels: Sequence[int], pairs: float, records: int
) -> Model:
    """Fit the model. `levels[c]` counts a comparison's levels with 0; `strangers` is a random sample of all `pairs`."""
    scale = pairs / max(1, sum(strangers.values()))
    totals = [[scale * count for count in counts] for counts in _counted(strangers, levels)]
    model = Model(
        tuple(_first_guess(count) for count in levels),
        tuple(_shares(row) for row in totals),
        min(0.5, 0.5 * records / max(1.0, pairs)),
    )
    for _ in range(ROUNDS):
        renewed = _round(model, candidates, totals, levels, pairs)
        moved = max(
            abs(new - old)
            for new_row, old_row in zip(renewed.same, model.same, strict=True)
            for new, old in zip(new_row, old_row, strict=True)
        )
        model = renewed
        if moved < ENOUGH:
            break
    return model


def _round(
    model: Model, candidates: Mapping[Pattern, int], totals: Sequence[Sequence[float]], levels: Sequence[int], pairs: float
) -> Model:
    same: dict[Pattern, float] = {}
    other: dict[Pattern, float] = {}
    for pattern, count in candidates.items():
        chance = 1 / (1 + math.exp(-max(-700.0, min(700.0, model.evidence(pattern)))))
        same[pattern] = count * chance
        other[pattern] = count * (1 - chance)
    matched = _counted(same, levels)
    unmatched = _counted(other, levels)
    strange = [
        [max(total - match, seen) for total, match, seen in zip(total_row, match_row, seen_row, strict=True)]
        for total_row, match_row, seen_row in zip(totals, matched, unmatched, strict=True)
    ]
    prior = min(0.5, max(1e-12, sum(same.values()) / max(1.0, pairs)))
    return Model(tuple(_shares(row, 0.5) for row in matched), tuple(_shares(row, 0.0) for row in strange), prior)


def _counted(patterns: Mapping[Pattern, float], levels: Sequence[int]) -> list[list[float]]:
    counts = [[0.0] * count for count in levels]
    for pattern, weight in patterns.items():
        for comparison, level in enumerate(pattern):
            if level >= 0:
                counts[comparison][level] += weight
    return counts


def _shares(row: Sequence[float], extra: float = 0.5) -> tuple[float, ...]:
    total = sum(row) + extra * len(row)
    return tuple(max(FEWEST, (value + extra) / total) if total else 1 / len(row) for value in row)


def _first_guess(levels: int) -> tuple[float, ...]:
    """Before learning: mostly equal, less and less likely down the levels. Index 0 is “unlike”."""
    raw = [0.1, 0.7] + [0.2 / 2**step for step in range(levels - 2)]
    return tuple(value / sum(raw[:levels]) for value in raw[:levels])
