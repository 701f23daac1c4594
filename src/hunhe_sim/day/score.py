"""How well the city found out who is who: pairs of source rows, against the truth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Key = tuple[str, str]  # (system, key in that system)


@dataclass(frozen=True, slots=True)
class Score:
    """Over pairs of source keys that the city holds. An empty denominator counts as perfect."""

    keys: int
    unknown: int
    subjects: int
    true_owners: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(links: Iterable[tuple[Key, str]], owners: Mapping[Key, str]) -> Score:
    """links: source key → subject as the city has it; owners: source key → true owner. Keys without an owner are counted apart."""
    found: Counter[str] = Counter()
    true: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    unknown = 0
    for key, subject in links:
        owner = owners.get(key)
        if owner is None:
            unknown += 1
            continue
        found[subject] += 1
        true[owner] += 1
        both[subject, owner] += 1
    together = _pairs(both.values())
    said, real = _pairs(found.values()), _pairs(true.values())
    return Score(
        keys=found.total(),
        unknown=unknown,
        subjects=len(found),
        true_owners=len(true),
        precision=together / said if said else 1.0,
        recall=together / real if real else 1.0,
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
