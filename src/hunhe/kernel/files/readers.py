"""Who may read what a room keeps: the room says, by purpose, as registered at start. Without its word nobody else may."""

from collections.abc import Callable

from hunhe.stone.who import Who

MayRead = Callable[[Who, str], bool]

_readers: dict[str, MayRead] = {}


def register(purpose: str, may_read: MayRead) -> None:
    _readers[purpose] = may_read


def reader_of(purpose: str) -> MayRead | None:
    return _readers.get(purpose)
