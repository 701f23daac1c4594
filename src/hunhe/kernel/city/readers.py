"""Who reads which content, in which order, and from where right now."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from django.apps import apps
from django.conf import settings

from hunhe.kernel.city.content import check_stack, facts_from
from hunhe.kernel.city.layers import of_room, read_stack, shipped
from hunhe.kernel.city.models import Applied
from hunhe.kernel.city.shapes import Change, ContentFile, Doubt, Doubtful
from hunhe.stone.who import Who

Check = Callable[[tuple[ContentFile, ...]], Iterable[Doubt]]
Apply = Callable[[Who, tuple[ContentFile, ...]], None]
Hook = Callable[[Who, tuple[Change, ...]], None]
Stack = dict[str, ContentFile]


@dataclass(frozen=True, slots=True)
class Reader:
    """A room that reads content: `check` yields doubts, `apply` brings the room in line with the files, any number of times."""

    room: str
    check: Check
    apply: Apply
    after: tuple[str, ...]


hooks: list[Hook] = []
_readers: dict[str, Reader] = {}
_stack: ContextVar[Stack | None] = ContextVar("stack", default=None)


def register(reader: Reader) -> None:
    _readers[reader.room] = reader


def in_order() -> Iterator[Reader]:
    """Readers, each after those it waits for."""
    done: set[str] = set()
    waiting = sorted(_readers.values(), key=lambda reader: folder_of(reader.room))
    while waiting:
        ready = next((one for one in waiting if not (set(one.after) & _readers.keys()) - done), None)
        if ready is None:
            raise RuntimeError("content readers wait for each other: " + ", ".join(one.room for one in waiting))
        waiting.remove(ready)
        done.add(ready.room)
        yield ready


def trusted_stack(folder: Path) -> Stack:
    """The files of a city folder, checked by every room that reads some; Doubtful at the first doubt."""
    stack = read_stack(folder)
    check(stack)
    return stack


def check(stack: Stack) -> None:
    """Doubtful at the first doubt of the city room or of any reader, in order."""
    with reading(stack):
        facts_from(stack)
        rooms = (reader.check(files_of(stack, reader.room)) for reader in in_order())
        for doubt in chain(check_stack(stack), chain.from_iterable(rooms)):
            raise Doubtful(doubt)


def files_of(stack: Stack, room: str) -> tuple[ContentFile, ...]:
    return tuple(of_room(stack.values(), folder_of(room), "**"))


def folder_of(room: str) -> str:
    """Where a room's content lies: `org` → `kernel/org`."""
    return apps.get_app_config(room).name.removeprefix("hunhe.").replace(".", "/")


def room_of(path: str) -> str:
    """The folder of the room a file belongs to; empty for the city's own at the root."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else ""


def default_folder() -> Path:
    """The city this process serves; the bare kit when none is named."""
    return settings.HUNHE_CITY or shipped() / "kit"


@contextmanager
def reading(stack: Stack) -> Iterator[None]:
    """Within the block all rooms read `stack` instead of what is in force."""
    token = _stack.set(stack)
    try:
        yield
    finally:
        _stack.reset(token)


def stack_in_force(room_folder: str | None = None) -> Stack:
    """Files in force: those being checked or applied right now, else those applied, else those of the default folder."""
    held = _stack.get()
    if held is not None:
        return held
    rows = Applied.objects.all() if room_folder is None else Applied.objects.filter(room=room_folder)
    found = {row.path: ContentFile.parsed(row.path, row.layer, row.text) for row in rows}
    return found or ({} if Applied.objects.exists() else read_stack(default_folder()))
