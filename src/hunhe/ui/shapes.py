"""What rooms hand to the tags of the design system. Texts are already translated."""

from dataclasses import dataclass
from typing import Literal

StepState = Literal["done", "now", "ahead", "waiting", "late"]
StatusKind = Literal["ok", "run", "you", "late", "idle", "pause"]


@dataclass(frozen=True, slots=True)
class Branch:
    """One of several parallel ways of a case. `kind` and `word` are its status; `note` one or two facts."""

    label: str
    state: StepState
    kind: StatusKind
    word: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a river. With `branches`, the river splits here and joins at the next step."""

    label: str
    state: StepState
    note: str = ""
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """One gate of a river of volume: `value` things passed. `shown` replaces the number as text."""

    label: str
    value: int
    state: Literal["done", "now", "ok", "ahead", "late"] = "done"
    note: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """What leaves a river of volume after stop number `after` (from 0), for instance into quarantine."""

    label: str
    value: int
    after: int
    url: str = ""
    back: str = ""
