"""A procedure as its file says it. Strictly typed: an unknown key is a doubt. Pure."""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from hunhe.kernel.flow.shapes import MoveKind, Origin

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Unit = Literal["working_days", "working_hours", "days", "minutes"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Actor(_Part, frozen=True):
    """Who may act: the subject, or officials of a department who hold a permission and, if named, a post.

    department: a role from `[departments]`. post: role of the posts that may (`steward` for `human_resources.steward`), or
    `facts.<name>`: a fact that names the whole codes of those posts, one or a list.
    """

    department: str = ""
    may: str = ""
    post: str = ""
    subject: bool = False


class Extension(_Part, frozen=True):
    """By how much a limit may be extended, once, in its own unit. by: who approves what those whose turn it is ask for."""

    length: Annotated[int, msgspec.Meta(ge=1, le=365)]
    basis: Words
    by: Actor


class Deadline(_Part, frozen=True):
    """A limit on a stage. The first whose `when` holds counts. pauses: reasons that stop this clock.

    continues: stages whose limit runs on here instead of beginning anew, so that one limit spans several stages.
    """

    length: Annotated[int, msgspec.Meta(ge=1, le=3650)]
    basis: str = ""
    unit: Unit = "working_days"
    when: str = ""
    pauses: tuple[Name, ...] = ()
    continues: tuple[Name, ...] = ()
    extension: Extension | None = None


class Timeout(_Part, frozen=True):
    """What happens when nobody moved. after: working days after the limit, negative before it."""

    then: Literal["notify", "escalate", "move"]
    after: Annotated[int, msgspec.Meta(ge=-60, le=365)] = 0
    to: Actor | None = None
    move: str = ""


class Stage(_Part, frozen=True):
    """A place where a case stands. final: the outcome, which closes the case. join: waits for all branches."""

    id: Name
    name: Words
    actor: Actor | None = None
    final: str = ""
    join: bool = False
    side: bool = False
    deadlines: tuple[Deadline, ...] = ()
    timeouts: tuple[Timeout, ...] = ()


class Step(_Part, frozen=True, rename={"sources": "from"}):
    """A move. to: one stage, or several for branches at the same time. second_person: not whoever opened the case.

    checked_by: the room that judges what is given with it, `exchange.decision`.

    approves: makes an office's case an approved one; second_person goes with it. automatic: by a time-out or a job only.
    apart_from: moves whose takers in this case may not take this one. from_arrival: holds as of the day on which the stage it
    leaves began, and limits count from there. keeps_clock: the stage entered goes on with the limit it had before.
    """

    id: Name
    name: Words
    sources: tuple[str, ...]
    to: str | tuple[str, ...]
    kind: MoveKind = "forward"
    actor: Actor | None = None
    guard: str = ""
    refusal: str = ""
    facts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    needs_reason: bool = False
    effects: tuple[str, ...] = ()
    second_person: bool = False
    approves: bool = False
    automatic: bool = False
    apart_from: tuple[Name, ...] = ()
    from_arrival: bool = False
    keeps_clock: bool = False
    checked_by: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to,) if isinstance(self.to, str) else self.to

    @property
    def reasoned(self) -> bool:
        """Sending back, refusing and withdrawing always say why."""
        return self.needs_reason or self.kind in ("return", "refuse")


class Opening(_Part, frozen=True):
    """Who may open a case, for whom, with which facts, and where it begins. department: fixed one, else the caller says.

    by: nobody named means that only the city's own rooms open it. checked_by: the room that judges what is given.
    """

    stage: str
    by: tuple[Literal["citizen", "official", "client"], ...] = ("official",)
    may: str = ""
    department: str = ""
    subject: Literal["none", "optional", "required"] = "none"
    origins: tuple[Origin, ...] = ("office",)
    facts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    guard: str = ""
    refusal: str = ""
    checked_by: str = ""


class FactKind(_Part, frozen=True):
    """supplied_by: the room that knows it, `service.checked_materials`; then nobody who opens or moves a case can say it.

    desk: only officials see it, such as the batch a row came in.
    """

    name: Words
    kind: Literal["text", "number", "yes_no", "date", "list", "table", "department"] = "text"
    supplied_by: str = ""
    desk: bool = False


class Pause(_Part, frozen=True):
    """A reason that may stop a clock."""

    name: Words
    basis: Words


class Procedure(_Part, frozen=True, rename={"opening": "open"}, dict=True):
    """One version of how a kind of case runs.

    departments: role → `case`, `facts.<name>` or the code of a department.
    """

    id: Name
    version: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}(\.\d+)?$")]
    name: Words
    owner: Name
    basis: Words
    valid_from: str
    opening: Opening
    stages: tuple[Stage, ...]
    moves: tuple[Step, ...]
    departments: dict[str, str] = msgspec.field(default_factory=lambda: {"case": "case"})
    facts: dict[str, FactKind] = msgspec.field(default_factory=dict)
    pauses: dict[str, Pause] = msgspec.field(default_factory=dict)

    @cached_property
    def stage_by_id(self) -> dict[str, Stage]:
        return {stage.id: stage for stage in self.stages}

    def said(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the facts that callers say themselves."""
        return tuple(name for name in names if not self.facts[name].supplied_by)

    def supplied(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the facts that a room supplies."""
        return tuple(name for name in names if self.facts[name].supplied_by)

    @cached_property
    def moves_from(self) -> dict[str, tuple[Step, ...]]:
        """Moves by the stage they leave; `*` stands for every stage that is not final."""
        return {
            stage.id: tuple(move for move in self.moves if stage.id in move.sources or "*" in move.sources)
            for stage in self.stages
            if not stage.final
        }
