"""What passes through the doors of events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["waiting", "running", "done", "dead"]
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. attempt: 1 at the first try; token: fencing token of this try; error: why the last try failed."""

    id: str
    kind: str
    key: str
    payload: Payload
    state: State
    attempt: int
    token: int
    run_at: datetime
    created_at: datetime
    finished_at: datetime | None
    error: str
    heavy: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. sequence grows; aggregate: what it happened to, and whose events keep their order."""

    sequence: int
    name: str
    aggregate: str
    payload: Payload
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job or delivery that gave up. waiting: how many later deliveries of its aggregate wait behind it."""

    id: str
    what: str
    aggregate: str
    attempts: int
    error: str
    since: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Stock:
    """How many of one kind (job or delivery) are in one state."""

    kind: Literal["job", "delivery"]
    state: State
    count: int


JobHandler = Callable[[Job], None]
EventHandler = Callable[[Event], None]
