"""The frame inside the square: what stands where, and how it becomes text and back.

`HH:` and Base45 of 197 bytes: 299 characters of the alphanumeric set, a version 10 square at error correction M.

     0  version 1                    1  algorithms: 1 = issuer Ed25519, device P-256 with SHA-256
    ── certificate ──────────────────────────────────────────────
     2  issuer key, 2                4  handle, 16: the device, sealed by the city
    20  level, 1                    21  not before, 4: seconds since 1970, UTC
    25  minutes it lasts, 2         27  public key of this certificate, 33: compressed point
    60  signature of the issuer over 0..60, 64
    ── moment ───────────────────────────────────────────────────
   124  made at, 4                  128  function it was made for, 1: 0 any
   129  nonce, 4                    133  signature of that key over 0..133, 64
"""

import struct
from dataclasses import dataclass

import base45

from hunhe.stone.errors import Invalid, msgid

MARK = "HH:"
VERSION = 1
PLAIN = 1
SIGNED = 60
CERTIFICATE = SIGNED + 64
SHOWN = CERTIFICATE + 9
LENGTH = SHOWN + 64
LONGEST_TEXT = 600
_HEAD = struct.Struct(">BB2s16sBIH33s")
_MOMENT = struct.Struct(">IB4s")


class Malformed(Invalid):
    """Not a code of this city, or none that this version reads."""

    def __init__(self) -> None:
        super().__init__("code.scan.malformed", msgid("This is not a code of this city."))


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the issuer signed. raw: its bytes as they stand in a frame, signature included."""

    raw: bytes
    issuer: bytes
    handle: bytes
    level: int
    not_before: int
    not_after: int
    public_key: bytes

    @property
    def signed(self) -> bytes:
        return self.raw[:SIGNED]

    @property
    def signature(self) -> bytes:
        return self.raw[SIGNED:]


@dataclass(frozen=True, slots=True)
class Frame:
    """One shown code. made_at: by the device's clock, seconds since 1970. function: number of the one it serves, 0 any."""

    raw: bytes
    certificate: Certificate
    made_at: int
    function: int

    @property
    def shown(self) -> bytes:
        return self.raw[:SHOWN]

    @property
    def signature(self) -> bytes:
        return self.raw[SHOWN:]


def read_frame(text: str) -> Frame:
    """The frame in a scanned text; Malformed is the only refusal."""
    plain = text.strip()
    if not plain.startswith(MARK) or len(plain) > LONGEST_TEXT:
        raise Malformed
    try:
        raw = base45.b45decode(plain[len(MARK) :])
    except (ValueError, UnicodeError) as error:
        raise Malformed from error
    if len(raw) != LENGTH or raw[:2] != bytes((VERSION, PLAIN)):
        raise Malformed
    made_at, function, _ = _MOMENT.unpack(raw[CERTIFICATE:SHOWN])
    return Frame(raw, read_certificate(raw[:CERTIFICATE]), made_at, function)


def read_certificate(raw: bytes) -> Certificate:
    """The parts of `CERTIFICATE` bytes."""
    _, _, issuer, handle, level, not_before, minutes, public_key = _HEAD.unpack(raw[:SIGNED])
    return Certificate(raw, issuer, handle, level, not_before, not_before + 60 * minutes, public_key)


def certificate_head(*, issuer: bytes, handle: bytes, level: int, not_before: int, minutes: int, public_key: bytes) -> bytes:
    """What the issuer signs."""
    return _HEAD.pack(VERSION, PLAIN, issuer, handle, level, not_before, minutes, public_key)


def moment(*, certificate: bytes, made_at: int, function: int, nonce: bytes) -> bytes:
    """What a device signs."""
    return certificate + _MOMENT.pack(made_at, function, nonce)


def write_frame(shown: bytes, signature: bytes) -> str:
    return MARK + str(base45.b45encode(shown + signature), "ascii")
