"""Where a case is shown and begun: a room that knows more of its kind names pages of its own; the others are shown here."""

from collections.abc import Callable
from typing import Literal

from hunhe.kernel.flow.shapes import Case

Skin = Literal["citizen", "desk"]
Find = Callable[[Case, Skin], str]
Begin = Callable[[str, Skin], str]

_finders: list[Find] = []
_beginnings: list[Begin] = []


def register(find: Find | None, begin: Begin | None) -> None:
    if find is not None and find not in _finders:
        _finders.append(find)
    if begin is not None and begin not in _beginnings:
        _beginnings.append(begin)


def page_of(case: Case, skin: Skin) -> str:
    """The address of the page a room shows this case on; empty when none does."""
    return next((address for find in _finders if (address := find(case, skin))), "")


def begun_on(procedure: str, skin: Skin) -> str:
    """The address of the page on which a room begins cases of a procedure; empty when none does."""
    return next((address for begin in _beginnings if (address := begin(procedure, skin))), "")
