"""What passes through the doors of licences. Plain frozen shapes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Surface = Literal["face", "credential", "verify"]
Way = Literal["code", "document", "credential", "case"]


class LicenceState(StrEnum):
    """issued: decided, but its first day is still to come. changed: a newer version stands in its place."""

    ISSUED = "issued"
    VALID = "valid"
    SUSPENDED = "suspended"
    CHANGED = "changed"
    EXPIRED = "expired"
    REVOKED = "revoked"


class CopyState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Answer(StrEnum):
    """What is said to whoever checks. forged: it claims to be a licence of this city and is not, or was altered."""

    VALID = "valid"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    CHANGED = "changed"
    EXPIRED = "expired"
    REVOKED = "revoked"
    COPY_EXPIRED = "copy_expired"
    COPY_REVOKED = "copy_revoked"
    UNKNOWN = "unknown"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class LicenceField:
    """One thing a licence says. sensitive: masked wherever others than its holder and issuer look."""

    name: str
    title: str
    value: str
    sensitive: bool
    surfaces: tuple[Surface, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceType:
    """A kind of licence as the city's content says it. years: how long one holds, 0 without end."""

    id: str
    name: str
    issuer: str
    procedure: str
    type_code: str
    years: int
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """One version of one licence.

    identifier: printed, GB/T 36904. valid_until: its last day, None without end. replaced_by: id of the newer version.
    file_id: its sealed paper, empty until that is made, seconds after issue. code: the unguessable word its QR carries.
    """

    id: str
    identifier: str
    type: str
    type_name: str
    issuer: str
    issuer_name: str
    holder: str
    holder_name: str
    case_id: str
    version: int
    state: LicenceState
    reason: str
    valid_from: date
    valid_until: date | None
    issued_at: datetime
    fields: tuple[LicenceField, ...]
    code: str
    file_id: str
    replaced_by: str
    rev: int

    @property
    def in_force(self) -> bool:
        return self.state == LicenceState.VALID

    @property
    def is_running(self) -> bool:
        """Whether its history can still go on by itself."""
        return self.state in (LicenceState.ISSUED, LicenceState.VALID, LicenceState.SUSPENDED)

    @property
    def is_sealed(self) -> bool:
        return bool(self.file_id)

    @property
    def face(self) -> tuple[LicenceField, ...]:
        return tuple(one for one in self.fields if "face" in one.surfaces)


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """One line of a licence's history."""

    seq: int
    state: LicenceState
    before: str
    reason: str
    by: str
    by_name: str
    department: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCopy:
    """A paper for one purpose and one recipient, that ends by itself and can be taken back alone."""

    id: str
    licence_id: str
    purpose: str
    recipient: str
    valid_until: date
    state: CopyState
    made_at: datetime
    revoked_at: datetime | None
    code: str
    file_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer to a check, with no more about the person than the check needs. at: when it was answered.

    since: when the state that is told began. holder: masked name. claims: what a credential's holder chose to show, by name;
    disclosed: the same with titles, and left out of `fields`. purpose, recipient, copy_until: of a use copy.
    """

    answer: Answer
    at: datetime
    way: Way
    type_name: str = ""
    identifier: str = ""
    issuer: str = ""
    issuer_name: str = ""
    holder: str = ""
    fields: tuple[LicenceField, ...] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    disclosed: tuple[LicenceField, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    since: datetime | None = None
    purpose: str = ""
    recipient: str = ""
    copy_until: date | None = None
    entry_id: str = ""

    @property
    def is_valid(self) -> bool:
        return self.answer == Answer.VALID


@dataclass(frozen=True, slots=True)
class LicenceUse:
    """One check of a licence, as its holder sees it. department: empty when whoever checked did not say who they are."""

    at: datetime
    way: Way
    answer: Answer
    department: str
    department_name: str
    case_id: str
    purpose: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class LicenceCounts:
    """Licences of a department by state, and how many were issued together with their case's end."""

    states: Mapping[str, int]
    issued: int
    with_case: int


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """What is published for checking: keys of credentials as JSON Web Keys, and the root certificate of papers (PEM)."""

    issuer: str
    credential_keys: tuple[Mapping[str, str], ...]
    authority: bytes
