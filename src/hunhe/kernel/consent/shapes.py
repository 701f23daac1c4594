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
