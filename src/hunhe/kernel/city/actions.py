"""Registering readers, applying a city folder, making a new one."""

from pathlib import Path

from django.db import transaction

from hunhe.kernel.city import founding, readers
from hunhe.kernel.city.applying import merge, reread
from hunhe.kernel.city.merge import Side, digest
from hunhe.kernel.city.models import Applied
from hunhe.kernel.city.shapes import Change, Merge, NewCity
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_content(*, who: Who, room: str, check: readers.Check, apply: readers.Apply, after: tuple[str, ...] = ()) -> None:
    """Name the reader of a room's content, at start. room: its label. after: labels of rooms whose content comes first.

    `check(files)` yields doubts and may raise Doubtful; `apply(who, files)` brings the room in line with the files, in the
    transaction of the apply, and changes nothing the second time.
    """
    readers.register(readers.Reader(room, check, apply, after))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def on_applied(*, who: Who, hook: readers.Hook) -> None:
    """Register `hook(who, changes)`, called inside the transaction of each change of content (the audit's way in)."""
    readers.hooks.append(hook)


@door(may="city.may_apply", scope=Scope.CITY)
def apply_city(*, who: Who, folder: Path | None = None, side: Side | None = None, everything: bool = False) -> Merge:
    """Bring the city in line with its folder, all or nothing. A second apply of the same folder changes nothing.

    folder: None for the one this process serves. side: whose words win where file and screen both changed (`ours` the screen's, `theirs` the file's); without it
    Conflict names the files. everything: let rooms without a changed file read theirs again too. Invalid at a doubt.
    """
    stack = readers.trusted_stack(folder or readers.default_folder())
    with transaction.atomic():
        return merge(who, stack, side, everything)


@door(may="city.may_apply", scope=Scope.CITY)
def change_on_screen(*, who: Who, path: str, text: str) -> Change:
    """Put an operator's words in place of an applied file's; its room reads them at once. Invalid if the room doubts them."""
    with transaction.atomic():
        row = Applied.objects.select_for_update().filter(path=path).first()
        if row is None:
            raise NotFound("city.content.unknown", msgid("There is no content file %(path)s."), path=path)
        if row.text == text:
            return Change(path, "kept", row.version)
        row.text, row.digest_on_screen, row.version = text, digest(text), row.version + 1
        row.save(update_fields=["text", "digest_on_screen", "version"])
        change = Change(path, "changed", row.version)
        reread(who, {row.room}, (change,))
        return change


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def new_city(*, who: Who, divisions: Path, name: str, folder: Path) -> NewCity:
    """Write a city folder from a divisions CSV (`code,level,name,parent_code`). Invalid or Conflict say why not."""
    return founding.found(divisions, name, folder)
