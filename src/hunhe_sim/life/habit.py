"""One habit."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Habit:
    """Something done again and again. pause: seconds between two times, at human pace."""

    name: str
    act: Callable[[], object]
    pause: float
    due: float = 0.0
    failures: int = 0
