"""What passes through the doors of the city's code. Plain frozen shapes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

REFUSALS = (
    "no_token",
    "malformed",
    "forged",
    "expired",
    "clock_ahead",
    "certificate_over",
    "replayed",
    "revoked_device",
    "suspended",
    "unknown_terminal",
    "wrong_function",
    "switched_off",
    "level",
    "no_consent",
    "no_licence",
)
"""Why a scan does not pass: the closed list, in the order in which it is looked at."""

Outcome = Literal["passed", "refused"]


class DeviceState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class TerminalState(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class LivenessState(StrEnum):
    """asked: at the police, waiting for the person. The others are ends."""

    ASKED = "asked"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Device:
    """A browser or phone that holds a key of its own, which nobody can take out. renewed_at: when it last fetched certificates."""

    id: str
    name: str
    state: DeviceState
    enrolled_at: datetime
    renewed_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Certificates for the moments of the next hours, one per key that was sent, in order; each is good for any moment until the end.

    certificates: bytes as they stand in a frame. now: the city's time, by which the device corrects its own clock.
    """

    device: Device
    certificates: tuple[bytes, ...]
    now: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Issuer:
    """The public key that signs certificates; with it a terminal checks a code alone. id: two bytes, hex."""

    id: str
    algorithm: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where codes are scanned: a gate, a counter, a clerk's screen."""

    id: str
    department: str
    name: str
    place: str
    function: str
    state: TerminalState
    registered_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """A terminal just registered. secret: its token, shown this once and never stored."""

    terminal: Terminal
    secret: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as its department sees it: no subject, only the name the person has here."""

    id: str
    at: datetime
    terminal: str
    terminal_name: str
    function: str
    outcome: Outcome
    code: str
    pseudonym: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class Liveness:
    """A question to the police whether the person before the camera is who the account says. page: where the person looks in."""

    id: str
    state: LivenessState
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    page: str


@dataclass(frozen=True, slots=True)
class Connection:
    """Where an outside service is reached, set by operators. The secret is sealed and never shown."""

    name: str
    location: str
    has_secret: bool
    set_at: datetime
