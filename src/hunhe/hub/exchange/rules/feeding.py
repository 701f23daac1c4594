"""What one change of a data set looks like under a grant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hunhe.hub.exchange.rules.deciding import Plan, shape_answer
from hunhe.hub.exchange.rules.row_filter import matches
from hunhe.hub.lake.shapes import Condition

ChangeKind = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change: the row before and after, None where there was none or is none any more."""

    number: int
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A change as one receiver sees it. record: the row's name for this grant alone; data: granted columns, None when removed."""

    number: int
    record: str
    kind: ChangeKind
    data: Mapping[str, Any] | None
    version: int
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        return {"sequence": self.number, "record": self.record, "change": self.kind, "data": self.data, "version": self.version}


def tell_changes(
    changes: Iterable[Change], plan: Plan, conditions: tuple[Condition, ...], name: Callable[[str], str]
) -> list[Told]:
    """Changes within the grant. A row that comes under its filter is added for the receiver, one that leaves it is removed."""
    told = []
    for change in changes:
        before = change.before is not None and matches(change.before, conditions)
        if change.after is not None and matches(change.after, conditions):
            kind: ChangeKind = "changed" if before else "added"
            data = shape_answer(change.after, plan)
        elif before:
            kind, data = "removed", None
        else:
            continue
        told.append(Told(change.number, name(change.key), kind, data, change.version, change.at))
    return told
