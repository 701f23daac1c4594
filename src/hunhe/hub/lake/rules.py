"""Pure decisions of the lake: what a writer finds after a crash, and which names are tables."""

import re
from dataclasses import dataclass
from enum import Enum

_TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}(\.[a-z0-9_]{1,63}){0,4}")


class Step(Enum):
    """What a writer must do before its own rows are in the lake."""

    WRITE = "write"
    ADOPT = "adopt"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version in a Delta log, the batch it was written for (None: none said) and that batch's mark."""

    version: int
    seq: int | None
    mark: str = ""


def first_step(newest: Newest | None, pointer: int | None, seq: int, mark: str = "") -> Step:
    """Compare the lake with the pointer.

    Versions past the pointer were written by somebody who died before readers could see them. If the newest is
    this very batch it only needs the pointer; anything else is undone. A repeated Delta transaction id does not
    stop a double append by itself, so this comparison is the guard. The mark tells this life of the transaction
    database from an earlier one, whose batches carried the same numbers.
    """
    if newest is None or (pointer is not None and newest.version <= pointer):
        return Step.WRITE
    if newest.seq == seq and newest.mark == mark:
        return Step.ADOPT
    return Step.RESTORE if pointer is not None else Step.WRITE


def is_table_name(name: str) -> bool:
    """Dotted lower-case words; also the folder name, so nothing that could leave the lake."""
    return _TABLE.fullmatch(name) is not None
