"""What rooms hold about a person, as they registered it at start; what the law says about keeping it, from content.

A room that registers nothing gives nothing away: deny by default, and its page of what it keeps about people says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from hunhe.kernel.city import queries as city
from hunhe.kernel.consent.shapes import Holding, Table
from hunhe.stone.who import Who

SYSTEM = Who.system("consent")
MOST_ROWS = 20_000
LAST = "audit"
"""Erased after all others: their own erasing is written down under the person's key."""

ReadTables = Callable[[str], Sequence[Table]]
EraseRows = Callable[[str], int]
CountRows = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Registered:
    """One room's word. title: a msgid. told_elsewhere: beginnings of audit acts that this room's tables tell more fittingly."""

    room: str
    title: str
    read: ReadTables
    erase: EraseRows | None
    told_elsewhere: tuple[str, ...] = ()
    count: CountRows | None = None

    def rows(self, subject_id: str) -> int:
        """How much the room holds now; by `count` where reading it all would take a job."""
        return self.count(subject_id) if self.count else sum(len(table.rows) for table in self.read(subject_id))


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a room's rows stay. basis: the law; empty when they stay only because erasing is not possible yet."""

    why: str
    basis: str = ""


class Rights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """rights.toml. export_days: how long a copy lies ready. duties: by room."""

    export_days: int = 7
    duties: dict[str, Duty] = {}


_registered: dict[str, Registered] = {}


def register(one: Registered) -> None:
    _registered[one.room] = one


def registered() -> tuple[Registered, ...]:
    """In order of registration, the log last."""
    return tuple(sorted(_registered.values(), key=lambda one: one.room == LAST))


def rights() -> Rights:
    files = city.content_files(who=SYSTEM, room="consent", pattern="rights.toml")
    return files[-1].read_as(Rights) if files else Rights()


def told_elsewhere() -> tuple[str, ...]:
    return tuple(beginning for one in _registered.values() for beginning in one.told_elsewhere)


def holdings_of(subject_id: str) -> tuple[Holding, ...]:
    """Every room with what it holds now; rooms that hold nothing are left out."""
    duties = rights().duties
    found = ((one, one.rows(subject_id)) for one in registered())
    return tuple(_holding(one, rows, duties.get(one.room)) for one, rows in found if rows)


def _holding(one: Registered, rows: int, duty: Duty | None) -> Holding:
    return Holding(
        room=one.room,
        title=one.title,
        rows=rows,
        erasable=one.erase is not None,
        duty=duty.basis if duty else "",
        why=duty.why if duty else "",
    )
