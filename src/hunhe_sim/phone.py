"""A phone with keys of its own, written from the frame's description, not from the city's code.

Frame (docs/reference/code-frame.md): `HH:` and Base45 of 197 bytes: certificate (124), made at (4), function (1), nonce (4),
signature (64) of the certificate's key over all before it.
"""

import base64
import os
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from hunhe_sim.day.visitor import Visitor

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CERTIFICATE, SIGNED = 124, 60
Key = ec.EllipticCurvePrivateKey


def base45(raw: bytes) -> str:
    """RFC 9285."""
    text = []
    for start in range(0, len(raw), 2):
        pair = raw[start : start + 2]
        number = int.from_bytes(pair)
        for _ in range(3 if len(pair) == 2 else 2):
            number, sign = divmod(number, 45)
            text.append(_SIGNS[sign])
    return "".join(text)


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def point(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def sign(key: Key, data: bytes) -> bytes:
    """Both halves, 32 bytes each, as browsers give them."""
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass(slots=True)
class Phone:
    """A citizen's phone: its key, and the certificates it fetched with the keys they are for."""

    visitor: Visitor
    account: str
    key: Key
    device: str = ""
    ready: tuple[tuple[bytes, Key], ...] = ()
    used: int = 0

    def enrol(self, name: str) -> Mapping[str, Any]:
        own = point(self.key)
        proof = sign(self.key, b"HH enrol\n" + self.account.encode() + b"\n" + own)
        asked = {"name": name, "public_key": text(own), "proof": text(proof)}
        device: Mapping[str, Any] = self.visitor.post("/api/v1/code/devices", asked)
        self.device = str(device["id"])
        return device

    def renew(self, count: int = 6) -> None:
        """Fetch certificates for fresh keys."""
        keys = [new_key() for _ in range(count)]
        points = [point(key) for key in keys]
        signature = sign(self.key, b"HH renew\n" + self.device.encode() + b"\n" + b"".join(points))
        asked = {"keys": [text(one) for one in points], "signature": text(signature)}
        batch = self.visitor.post(f"/api/v1/code/devices/{self.device}/certificates", asked)
        self.ready = tuple(zip((base64.b64decode(one) for one in batch["certificates"]), keys, strict=True))
        self.used = 0

    def show(self, *, ago: float = 0.0, function: int = 0) -> str:
        """A fresh code; ago: as if made so many seconds before now. Each showing takes the next certificate."""
        certificate, key = self.ready[self.used % len(self.ready)]
        self.used += 1
        shown = certificate + struct.pack(">IB", int(time.time() - ago), function) + os.urandom(4)
        return "HH:" + base45(shown + sign(key, shown))

    def is_issued_by(self, public: bytes) -> bool:
        """Whether every certificate carries a good signature of that key."""
        issuer = ed25519.Ed25519PublicKey.from_public_bytes(public)
        try:
            for certificate, _ in self.ready:
                issuer.verify(certificate[SIGNED:CERTIFICATE], certificate[:SIGNED])
        except InvalidSignature:
            return False
        return True

    def parts_in_common(self) -> int:
        """How many of the parts that could name this phone two certificates share: handle, key, signature."""
        pieces = [(raw[4:20], raw[27:60], raw[60:124]) for raw, _ in self.ready]
        return sum(len(pieces) - len(set(column)) for column in zip(*pieces, strict=True))


def key_text(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def key_of(pem: str) -> Key:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a phone's key")
    return key
