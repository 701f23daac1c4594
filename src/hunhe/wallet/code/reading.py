"""What can be said about a scan before the database is asked: is it a request, is it a code, who signed it, is it on time.

Runs before the group commit, so that nobody holds the writer's lock while signatures are checked.
"""

from dataclasses import dataclass, field

import msgspec

from hunhe.stone.crypto import verify_device
from hunhe.wallet.code import issuing
from hunhe.wallet.code.rules import frame, window
from hunhe.wallet.code.rules.frame import Frame, Malformed

BODY_LIMIT = 4096
KEY_LIMIT = 120


class _Request(msgspec.Struct, frozen=True):
    payload: str
    terminal: str
    function: str = ""


_decoder = msgspec.json.Decoder(_Request)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it came. token: bearer token of the terminal's client; keeper: instead, the department of a signed-in keeper."""

    body: bytes
    token: str | None = None
    idempotency: str | None = None
    language: str = "zh-hans"
    keeper: "Keeper | None" = None


@dataclass(frozen=True, slots=True)
class Keeper:
    """An official at a terminal's screen."""

    id: str
    department: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was found without asking anybody. code: the first refusal met, empty if none so far. digest: of the request."""

    incoming: Incoming
    terminal: str = ""
    function: str = ""
    frame: Frame | None = None
    moment: str = ""
    code: str = ""
    digest: str = field(default="", repr=False)


def read_scan(incoming: Incoming, now: int) -> Read:
    """Never raises: what cannot be read is malformed. now: seconds since 1970, city time."""
    if incoming.token is None and incoming.keeper is None:
        return Read(incoming, code="no_token")
    digest = issuing.profile().digest(incoming.body).hex()
    try:
        request = _decoder.decode(incoming.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Read(incoming, code="malformed", digest=digest)
    terminal, function = request.terminal[:40], request.function[:60]
    if len(incoming.idempotency or "") > KEY_LIMIT:
        return Read(incoming, terminal, function, code="malformed", digest=digest)
    try:
        found = frame.read_frame(request.payload)
    except Malformed:
        return Read(incoming, terminal, function, code="malformed", digest=digest)
    return Read(incoming, terminal, function, found, issuing.moment_digest(found.shown), _doubt(found, now), digest)


def _doubt(found: Frame, now: int) -> str:
    """Forged, or out of its window, or nothing."""
    certificate = found.certificate
    if not issuing.is_issued(certificate.raw) or not verify_device(certificate.public_key, found.signature, found.shown):
        return "forged"
    return window.out_of_window(found, now)
