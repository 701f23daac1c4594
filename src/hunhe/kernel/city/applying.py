"""Carries out a merge: rows of content in force, then the rooms that read them. Runs inside a transaction."""

from collections.abc import Mapping

from hunhe.kernel.city import almanac, readers
from hunhe.kernel.city.content import facts_from
from hunhe.kernel.city.merge import InForce, Side, Step, digest, steps
from hunhe.kernel.city.models import Applied
from hunhe.kernel.city.shapes import Change, ContentFile, Merge
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, msgid
from hunhe.stone.who import Who


def merge(who: Who, stack: readers.Stack, side: Side | None, everything: bool) -> Merge:
    """Three-way merge of a stack into what is in force; Conflict when both changed and no side is chosen."""
    rows = {row.path: row for row in Applied.objects.select_for_update()}
    in_force = {path: InForce(row.digest_applied, row.digest_on_screen) for path, row in rows.items()}
    plan = list(steps(in_force, {path: digest(file.text) for path, file in stack.items()}, side))
    conflicts = [step.path for step in plan if step.what == "conflict"]
    if conflicts:
        raise Conflict(
            "city.content.conflict",
            msgid("Changed both on screen and in the folder: %(paths)s. Choose --ours or --theirs."),
            paths=", ".join(conflicts),
        )
    changes = tuple(_take(step, rows, stack) for step in plan)
    rooms = {readers.room_of(path) for path in stack} if everything else set()
    reread(who, rooms | {readers.room_of(change.path) for change in changes if change.what != "kept"}, changes)
    return Merge(facts_from(stack).name, len(stack), changes, clock.now())


def reread(who: Who, rooms: set[str], changes: tuple[Change, ...]) -> None:
    """Let the rooms in these folders check and apply what is in force now; Doubtful if one doubts it."""
    if not rooms:
        return
    stack = readers.stack_in_force()
    readers.check(stack)
    with readers.reading(stack):
        for reader in readers.in_order():
            if readers.folder_of(reader.room) in rooms:
                reader.apply(who, readers.files_of(stack, reader.room))
    almanac.forget()
    for hook in readers.hooks:
        hook(who, changes)


def _take(step: Step, rows: Mapping[str, Applied], stack: readers.Stack) -> Change:
    if step.what == "add":
        return _add(stack[step.path])
    row = rows[step.path]
    if step.what == "remove":
        row.delete()
        return Change(step.path, "removed", row.version)
    if step.what == "change":
        return _replace(row, stack[step.path])
    row.digest_applied = digest(stack[step.path].text) if step.path in stack else ""
    row.save(update_fields=["digest_applied"])
    return Change(step.path, "kept", row.version)


def _add(file: ContentFile) -> Change:
    mark = digest(file.text)
    Applied.objects.create(
        path=file.path,
        room=readers.room_of(file.path),
        layer=file.layer,
        text=file.text,
        digest_applied=mark,
        digest_on_screen=mark,
        applied_at=clock.now(),
    )
    return Change(file.path, "added", 1)


def _replace(row: Applied, file: ContentFile) -> Change:
    row.text, row.layer, row.version, row.applied_at = file.text, file.layer, row.version + 1, clock.now()
    row.digest_applied = row.digest_on_screen = digest(file.text)
    row.save()
    return Change(row.path, "changed", row.version)
