"""Cases, tasks, moves and history as other rooms see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hunhe.stone.who import Who

Origin = Literal["subject", "statutory", "approved", "office"]
"""Whose wish a case is: the subject's own, a statutory feed's, an office's approved by a second person, an office's alone."""

CaseState = Literal["open", "suspended", "effecting", "closed"]
TaskState = Literal["open", "paused", "done", "cancelled"]
MoveKind = Literal["forward", "return", "refuse", "withdraw"]
Happening = Literal[
    "opened",
    "moved",
    "confirmed",
    "transferred",
    "suspended",
    "resumed",
    "overdue",
    "escalated",
    "reminded",
    "more_asked",
    "extended",
    "more_refused",
]
COUNTING_ORIGINS: tuple[Origin, ...] = ("subject", "statutory", "approved")
"""Origins that let a case open data: an office cannot open a case for itself and then look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it stands.

    number: printed, `<area>-YYMM-000001`. version: of the procedure, pinned when opened. stage: id in the procedure.
    outcome: how it ended, empty while it runs. rev: rises with every move; pass it as `expected_version`.
    due_at: the earliest limit among its open tasks. pause: reason code while suspended.
    """

    id: str
    number: str
    procedure: str
    procedure_name: str
    version: str
    title: str
    stage: str
    stage_name: str
    state: CaseState
    outcome: str
    origin: Origin
    department: str
    subject_id: str | None
    opened_by: str
    facts: Mapping[str, Any]
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    pause: str
    rev: int

    @property
    def is_open(self) -> bool:
        return self.state != "closed"


@dataclass(frozen=True, slots=True)
class CaseGist:
    """What a room must know of a case before it gives data to it: whose, about whom, of which kind, and whether it runs."""

    id: str
    number: str
    procedure: str
    origin: Origin
    department: str
    subject_id: str | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Somebody's turn in a case. account: the one person it was handed to, None: any of the department who may."""

    id: str
    case_id: str
    number: str
    title: str
    procedure: str
    procedure_name: str
    stage: str
    stage_name: str
    department: str
    account: str | None
    state: TaskState
    arrived_at: datetime
    due_at: datetime | None
    overdue: bool
    pause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the caller may do now. facts: what the caller says with it. supplied: names of facts that the city looks up itself."""

    id: str
    name: str
    kind: MoveKind
    stage: str
    facts: tuple["Fact", ...] = ()
    needs_reason: bool = False
    order: int = 0
    supplied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing a case can know. kind says which values are taken."""

    id: str
    name: str
    kind: Literal["text", "number", "yes_no", "date", "list", "table", "department"]
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of a case's history. facts: what this step brought. entry_id: its entry in the audit.

    as_of: since when it holds, where that lies before it was taken (accepted by law as of the day of receipt).
    """

    seq: int
    what: Happening
    move: str
    name: str
    from_stage: str
    to_stage: str
    by: str
    by_name: str
    department: str
    at: datetime
    note: str
    facts: Mapping[str, Any]
    entry_id: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What flow asks an upper room inside the transaction of a step: the value of a fact, or whether what was given may stand.

    case: as it is before the step, None while it is being opened; move: empty then. given: what the caller said.
    """

    who: Who
    procedure: str
    department: str
    subject_id: str | None
    case: Case | None
    move: str
    given: Mapping[str, Any]

    @property
    def facts(self) -> Mapping[str, Any]:
        """Everything known, with what was given now."""
        return {**(self.case.facts if self.case else {}), **self.given}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a move asks an upper room to do, exactly once per (case, seq, name). The handler's return confirms it."""

    case: Case
    seq: int
    name: str
    by: str

    @property
    def key(self) -> str:
        """For handlers that talk to the world outside: the same effect always has the same key."""
        return f"{self.case.id}:{self.seq}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStop:
    """One stop on the river of a case. late: its limit has passed."""

    stage: str
    name: str
    state: Literal["past", "here", "waiting", "future"]
    at: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """How a running limit may be extended, or was. why: the reason that was asked with, which the subject is told."""

    state: Literal["open", "asked", "given"]
    length: int
    unit: str
    basis: str
    why: str
    may_ask: bool
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One live turn with its clock. left: whole working days until the limit, negative once it has passed.

    pauses: (code, name) of reasons for which this caller may stop the clock; empty when it is not theirs to stop.
    """

    task: str
    stage: str
    stage_name: str
    department: str
    account: str | None
    for_subject: bool
    mine: bool
    arrived_at: datetime
    due_at: datetime | None
    left: int | None
    overdue: bool
    basis: str
    pause: str
    pause_name: str
    pause_basis: str
    escalated_to: str
    pauses: tuple[tuple[str, str], ...] = ()
    extension: Extension | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact of a case under the name its procedure gives it."""

    id: str
    name: str
    kind: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything a page about one case shows, for one caller."""

    case: Case
    basis: str
    facts: tuple[KnownFact, ...]
    stops: tuple[StageStop, ...]
    turns: tuple[Turn, ...]
    moves: tuple[Move, ...]
    events: tuple[CaseEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureCard:
    """A procedure in force. may_open: this caller may open a case of it. facts: what opening takes."""

    id: str
    version: str
    name: str
    owner: str
    basis: str
    may_open: bool
    facts: tuple[Fact, ...] = field(default=())
