"""What passes through the doors of consent. Plain frozen shapes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentState(StrEnum):
    """A consent is given, and ends once: withdrawn by the person, expired by its own length, superseded by a new text."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of consent, as people are asked for it.

    text: what is shown. purpose: what it is used for. separate: the law wants it asked by itself, never among others.
    days: how long it holds, 0 until it is taken back. guardian_below: under this age a guardian must give it, 0 never.
    """

    id: str
    version: str
    name: str
    text: str
    purpose: str
    basis: str
    separate: bool
    withdrawable: bool
    days: int
    guardian_below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person allowed to whom. recipient: code of a department or function, empty: the kind alone says who.

    given_by: account that gave it, the guardian's for a child. until: None until it is taken back. entry_id: its leaf in the audit.
    """

    id: str
    subject_id: str
    kind: str
    name: str
    version: str
    text: str
    basis: str
    separate: bool
    withdrawable: bool
    recipient: str
    recipient_name: str
    purpose: str
    state: ConsentState
    given_by: str
    given_at: datetime
    until: datetime | None
    ended_at: datetime | None
    entry_id: str

    @property
    def stands(self) -> bool:
        return self.state is ConsentState.GIVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCounts:
    """How often something happened between two moments, and how many consents stand now. Nobody is named."""

    given: int
    withdrawn: int
    standing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of what a room holds about one person, as it goes into their copy. title, columns: in the reader's language.

    columns: (key, title). cut: there is more than was taken. Values are text, numbers, truth, moments, or lists of these.
    """

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[object, ...], ...]
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one room holds about one person. title: a msgid. erasable: the room can erase it at all.

    duty: the law that keeps it, empty when none does; why: in plain words, also where erasing is not possible yet.
    """

    room: str
    title: str
    rows: int
    erasable: bool
    duty: str = ""
    why: str = ""


class ExportState(StrEnum):
    """A copy is made by a job, lies ready for some days, and is gone."""

    WAITING = "waiting"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A copy of everything the city holds about one person. file_id: of kernel.files while it is ready. rows: over all tables."""

    id: str
    state: ExportState
    asked_at: datetime
    ready_at: datetime | None
    until: datetime | None
    file_id: str
    size: int
    rows: int
    entry_id: str


class ErasureOutcome(StrEnum):
    """What became of one room's holding: erased, kept because of a duty or a decision, or not possible yet."""

    ERASED = "erased"
    KEPT = "kept"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One line of the confirmation: a room, what became of its rows, and why they stay where they stay. title: a msgid."""

    room: str
    title: str
    outcome: ErasureOutcome
    rows: int
    why: str
    basis: str
    at: datetime
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsCounts:
    """Copies made and erasures carried out between two moments. Nobody is named."""

    exports: int
    erasures: int
