"""Who calls: a frozen shape that every door takes."""

from dataclasses import dataclass
from typing import Literal, Self

Kind = Literal["anonymous", "citizen", "official", "client", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """One caller.

    id: account id, API client id, or job name for system callers.
    department: code of the caller's department (org); None for citizens.
    posts: codes of the posts held.
    may: permissions held, each `room.may_verb_noun`.
    subject_id: opaque id of the person in the population base; citizens have one once real-named.
    level: assurance 0 none, 1 registered, 2 real name, 3 real person.
    on_behalf_of: id of whom a system job or an agent acts for.
    """

    id: str
    kind: Kind
    name: str = ""
    department: str | None = None
    posts: tuple[str, ...] = ()
    may: frozenset[str] = frozenset()
    subject_id: str | None = None
    level: int = 0
    on_behalf_of: str | None = None

    @classmethod
    def system(cls, job: str, *, on_behalf_of: str | None = None) -> Self:
        """The caller of a job: passes every permission, is named in the audit."""
        return cls(id=f"system:{job}", kind="system", name=job, on_behalf_of=on_behalf_of)

    @classmethod
    def anonymous(cls) -> Self:
        return cls(id="anonymous", kind="anonymous")

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    def holds(self, permission: str) -> bool:
        return self.is_system or permission in self.may
