"""What is installed at start. Without an installation everything works, without a database."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from hunhe.stone.errors import HunheError

Context = Callable[[], AbstractContextManager[None]]
Say = Callable[[HunheError], str]


def _english(error: HunheError) -> str:
    return error.message % error.params if error.params else error.message


def _nothing() -> None: ...


@dataclass(slots=True)
class Wiring:
    """database: around work in a database thread; batch: around one group commit; say: a refusal's sentence; leave: at a thread's end."""

    database: Context = nullcontext
    batch: Context = nullcontext
    say: Say = _english
    leave: Callable[[], None] = _nothing


wiring = Wiring()
