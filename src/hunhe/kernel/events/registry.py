"""Who handles what: filled at start by rooms above, read by the engine."""

from collections.abc import Callable
from dataclasses import dataclass

from hunhe.kernel.events.shapes import EventHandler, JobHandler


@dataclass(frozen=True, slots=True)
class JobKind:
    """How one kind of job is run. atomic: handler and completion are one transaction."""

    handler: JobHandler
    heavy: bool
    attempts: int
    atomic: bool


@dataclass(slots=True)
class Periodic:
    """What the worker does every so many seconds. due: on the worker's monotonic clock."""

    name: str
    seconds: float
    function: Callable[[], object]
    due: float = 0.0


job_kinds: dict[str, JobKind] = {}
subscribers: dict[str, dict[str, EventHandler]] = {}
periodic: dict[str, Periodic] = {}
