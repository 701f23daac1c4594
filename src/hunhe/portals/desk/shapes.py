"""What waits for one official."""

from dataclasses import dataclass

from hunhe.hub.collect.shapes import Batch
from hunhe.hub.exchange.shapes import Grant
from hunhe.kernel.events.shapes import DeadLetter
from hunhe.kernel.flow.shapes import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedBatch:
    """A batch with the name of its data set."""

    batch: Batch
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """The official's front page. A part is None where the post has nothing to do with it, empty where nothing waits.

    more: there are more turns than shown. batches: of the latest ones those that failed or held rows back.
    grants: held or given ones that are suspended, reached beyond, or end within a month.
    """

    tasks: tuple[Task, ...] | None
    more: bool
    escalated: tuple[Task, ...]
    batches: tuple[NamedBatch, ...] | None
    grants: tuple[Grant, ...] | None
    dead: tuple[DeadLetter, ...] | None

    @property
    def waiting(self) -> int:
        parts = (self.tasks, self.escalated, self.batches, self.grants, self.dead)
        return sum(len(part) for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found by the search box."""

    title: str
    note: str
    url: str
    icon: str
