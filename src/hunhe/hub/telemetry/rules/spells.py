"""When a warning begins and ends at one site under one rule.

Over the readings in order of time: the third (`consecutive`) in a row above the threshold opens a warning that starts there; the
first at or below it closes the warning at its own time. Two readings further apart than the gap break the row, close an open
warning at the reading before the gap, and the site is offline from that reading until the next. A warning that nothing closed
has no end. Its peak is the highest reading of the row, the first ones included.

The outcome depends on the readings alone, never on how they came: what arrives late is judged anew between the calm readings
around it (`rejudge`), for a reading at or below the threshold leaves nothing behind but its own time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

SpellKind = Literal["over", "offline"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule asks. gap: minutes."""

    threshold: float
    consecutive: int
    gap: int


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time at a site. Minutes of the source's clock; end None: not over yet. peak: of warnings only."""

    kind: SpellKind
    start: int
    end: int | None
    peak: float | None = None


@dataclass(slots=True)
class Walk:
    """Goes through readings in order and collects spells. last: time of the reading before; row: how many in a row were over."""

    terms: Terms
    last: int | None = None
    row: int = 0
    peak: float = 0.0
    start: int | None = None
    spells: list[Spell] = field(default_factory=list)

    def step(self, at: int, value: float) -> None:
        if self.last is not None and at - self.last > self.terms.gap:
            self._fall_silent(self.last, at)
        self.last = at
        if value > self.terms.threshold:
            self.peak = max(self.peak, value) if self.row else value
            self.row += 1
            if self.row == self.terms.consecutive:
                self.start = at
            return
        self._close(at)

    def finish(self, now: int | None = None) -> list[Spell]:
        """All spells. now: what the source's clock shows, for a site that should be reporting; None for a series of the past."""
        if self.last is not None and now is not None and now - self.last > self.terms.gap:
            self._fall_silent(self.last, None)
        elif self.start is not None:
            self.spells.append(Spell("over", self.start, None, self.peak))
            self.start = None
        return self.spells

    def _fall_silent(self, last: int, until: int | None) -> None:
        self._close(last)
        self.spells.append(Spell("offline", last, until))

    def _close(self, at: int) -> None:
        if self.start is not None:
            self.spells.append(Spell("over", self.start, at, self.peak))
        self.start, self.row = None, 0


class Series(Protocol):
    """The readings of one site as they are kept, each time once."""

    def calm_before(self, at: int, threshold: float) -> int | None:
        """The last reading before `at` that is not above the threshold."""

    def calm_after(self, at: int, threshold: float) -> int | None:
        """The first reading after `at` that is not above the threshold."""

    def between(self, after: int | None, until: int | None) -> Iterable[tuple[int, float]]:
        """Readings after `after` up to and with `until`, in order; None: from the beginning, to the end."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The spells that start at `after` or later and before `until`, and no others (None: no bound). last: newest reading seen."""

    after: int | None
    until: int | None
    spells: Sequence[Spell]
    last: tuple[int, float] | None

    def covers(self, start: int) -> bool:
        return (self.after is None or start >= self.after) and (self.until is None or start < self.until)


def judge(readings: Iterable[tuple[int, float]], terms: Terms, now: int | None = None) -> list[Spell]:
    """All spells of a whole series, in order of time, each time once."""
    walk = Walk(terms)
    for at, value in readings:
        walk.step(at, value)
    return walk.finish(now)


def rejudge(series: Series, terms: Terms, first: int, last: int, now: int | None = None) -> Verdict:
    """What holds after readings between `first` and `last` have come: from the calm reading before them to the one after."""
    after = series.calm_before(first, terms.threshold)
    until = series.calm_after(last, terms.threshold)
    walk = Walk(terms, last=after)
    newest = None
    for newest in series.between(after, until):
        walk.step(*newest)
    return Verdict(after, until, walk.finish(now if until is None else None), newest)


def level_of(peak: float, levels: Sequence[tuple[str, float]]) -> str:
    """The highest level whose bound the peak exceeds; the lowest where none is. levels: (code, bound), lowest first."""
    return next((code for code, bound in reversed(levels) if peak > bound), levels[0][0])
