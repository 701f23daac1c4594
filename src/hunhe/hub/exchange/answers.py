"""What comes in over the wire, and what is decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hunhe.hub.exchange.book import Earlier
from hunhe.hub.exchange.rules.deciding import CaseFact, Plan, Selection
from hunhe.hub.exchange.rules.requests import CallRequest
from hunhe.hub.exchange.shapes import Grant, Service
from hunhe.stone.who import Who

_ANYBODY = Who.anonymous()
_NOTHING = Selection((), (), ())


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it came over the wire. idempotency: the raw header."""

    service: str
    body: bytes
    token: str | None
    idempotency: bytes | None
    language: str = "zh-hans"


@dataclass(slots=True)
class Answer:
    """What is decided about one call, and what is written down about it."""

    service_code: str
    client: Who = _ANYBODY
    outcome: str = "refused"
    code: str = ""
    message: str = ""
    request: CallRequest | None = None
    service: Service | None = None
    grant: Grant | None = None
    case: CaseFact | None = None
    subject_id: str | None = None
    version: int | None = None
    selection: Selection = _NOTHING
    plan: Plan | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    records: tuple[Mapping[str, Any], ...] = ()
    rows: int = 0
    idempotency: str | None = None
    call_id: str = ""
    entry_id: str = ""
    leaf_hash: str = ""
    at: datetime | None = None
    repeats: Earlier | None = None
    """The call that this one repeats; nothing new is written then."""

    @property
    def digest(self) -> str:
        return self.request.digest.hex() if self.request is not None else ""
