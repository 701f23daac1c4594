"""What the steward's pages show of a batch: stops of its river, kinds of its state, bars of its past."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext

from hunhe.hub.collect.shapes import Batch, BatchState, Dataset, QuarantineCount
from hunhe.ui.shapes import Side, StatusKind, Stop
from hunhe.ui.words import hour, number

KINDS: dict[BatchState, StatusKind] = {
    BatchState.RECEIVED: "run",
    BatchState.LANDED: "run",
    BatchState.CHECKED: "run",
    BatchState.LOADED: "run",
    BatchState.RECONCILED: "ok",
    BatchState.REPEATED: "pause",
    BatchState.QUARANTINED: "you",
    BatchState.FAILED: "late",
}
_ORDER = (BatchState.RECEIVED, BatchState.LANDED, BatchState.CHECKED, BatchState.LOADED, BatchState.RECONCILED)


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of “why held back”: a rule on a field, with its words and bar."""

    count: QuarantineCount
    name: str
    basis: str
    explanation: str


def kind_of(batch: Batch) -> StatusKind:
    return KINDS[batch.state]


def stops(batch: Batch) -> list[Stop]:
    """Arrived, landed, checked, loaded, reconciled, each with the rows that passed."""
    arrived = batch.source_rows or 0
    values = (arrived, batch.landed or 0, batch.checked or 0, batch.loaded or 0, batch.loaded or 0)
    labels = (gettext("arrived"), gettext("landed"), gettext("checked"), gettext("loaded"), gettext("reconciled"))
    reached = _reached(batch)
    found = []
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        state: Literal["done", "now", "ahead"] = "done" if place < reached else "now" if place == reached else "ahead"
        shown = "" if place < reached or (place == 0 and arrived) else "—"
        found.append(Stop(label, value if place <= reached else 0, state=state, note=_note(batch, place), shown=shown))
    if batch.state is BatchState.RECONCILED:
        difference = gettext("off by %(rows)s rows") % {"rows": number(batch.difference)}
        found[-1] = Stop(labels[-1], batch.loaded or 0, state="ok", note=found[-1].note, shown=difference)
    return found


def side(batch: Batch, url: str) -> Side | None:
    """The branch into quarantine, leaving where rows are checked."""
    if not batch.quarantined:
        return None
    return Side(gettext("held back"), batch.quarantined, after=2, url=url, back=gettext("back into the river once corrected"))


def _reached(batch: Batch) -> int:
    if batch.state in _ORDER:
        return _ORDER.index(batch.state) + (batch.state is not BatchState.RECONCILED)
    return 3 if batch.checked is not None else 2 if batch.landed is not None else 1


def _note(batch: Batch, place: int) -> str:
    if place == 0 and batch.times_sent > 1:
        return gettext("sent %(times)s times, taken once") % {"times": batch.times_sent}
    if place == 1 and batch.interrupted_at is not None:
        return gettext("broken off at %(hour)s, then finished") % {"hour": hour(batch.interrupted_at)}
    if place == 4:
        return gettext("source = loaded + held back + repeated")
    return ""


def reasons(dataset: Dataset, counts: tuple[QuarantineCount, ...]) -> list[Reason]:
    """Words for each rule: the contract's own, else the house's."""
    own = {rule.id: rule for rule in dataset.rules}
    found = []
    for count in counts:
        rule = own.get(count.rule)
        label = f"state.collect.rule.{count.rule}"
        explanation = f"state.collect.why.{count.rule}"
        found.append(
            Reason(
                count,
                rule.name if rule else gettext(label),
                rule.basis if rule else BASES.get(count.rule, ""),
                rule.sql if rule else gettext(explanation),
            )
        )
    return found


BASES = {"id_number.check": "GB 11643", "uscc.check": "GB 32100", "encoding": "GB 18030"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One batch among the last: its share of rows held back, and the height of its bar in per cent."""

    batch: Batch
    share: float
    height: float
    here: bool


def bars(batches: tuple[Batch, ...], here: str) -> list[Bar]:
    """Shares of the last batches, the largest as tall as the picture."""
    shares = [(batch.quarantined or 0) / batch.source_rows if batch.source_rows else 0.0 for batch in batches]
    most = max(shares, default=0.0) or 1.0
    return [
        Bar(batch, share * 100, max(2.0, share / most * 100), batch.id == here)
        for batch, share in zip(batches, shares, strict=True)
    ]
