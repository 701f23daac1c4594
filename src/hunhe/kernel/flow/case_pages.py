"""Where a case is shown: a room that knows more of its kind names a page of its own; the others are shown here."""

from collections.abc import Callable
from typing import Literal

from hunhe.kernel.flow.shapes import Case

Skin = Literal["citizen", "desk"]
Find = Callable[[Case, Skin], str]

_finders: list[Find] = []


def register(find: Find) -> None:
    if find not in _finders:
        _finders.append(find)


def page_of(case: Case, skin: Skin) -> str:
    """The address of the page a room shows this case on; empty when none does."""
    return next((address for find in _finders if (address := find(case, skin))), "")
