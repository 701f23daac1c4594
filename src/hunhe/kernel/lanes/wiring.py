"""What is installed at start. Without an installation everything works, without a database."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from hunhe.stone.errors import HunheError

Context = Callable[[], AbstractContextManager[None]]
Say = Callable[[HunheError], str]


def _english(error: HunheError) -> str:
    return error.message % error.params if error.params else error.message


@dataclass(slots=True)
class Wiring:
    """database: around work in a database thread; batch: around one group commit; say: a refusal's sentence."""

    database: Context = nullcontext
    batch: Context = nullcontext
    say: Say = _english


wiring = Wiring()
