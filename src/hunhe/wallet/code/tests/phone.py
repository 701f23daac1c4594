"""A phone for tests: holds P-256 keys, enrols, renews, shows codes. Also forges them, where a test asks for it."""

import base64
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.wallet.code import actions
from hunhe.wallet.code.rules import frame
from hunhe.wallet.code.shapes import Device


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass
class Phone:
    """The phone of one signed-in citizen."""

    who: Who
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    device: Device | None = None
    ready: list[tuple[bytes, ec.EllipticCurvePrivateKey]] = field(default_factory=list)

    def enrol(self, name: str = "我的手机") -> Device:
        own = point(self.key)
        proof = sign(self.key, b"HH enrol\n" + self.who.id.encode() + b"\n" + own)
        self.device = actions.enrol_device(who=self.who, name=name, public_key=b64(own), proof=b64(proof))
        return self.device

    @property
    def enrolled(self) -> Device:
        assert self.device is not None
        return self.device

    def renew(self, count: int = 2) -> None:
        keys = [new_key() for _ in range(count)]
        points = [point(key) for key in keys]
        signature = sign(self.key, b"HH renew\n" + self.enrolled.id.encode() + b"\n" + b"".join(points))
        batch = actions.renew_certificates(
            who=self.who, device_id=self.enrolled.id, keys=[b64(one) for one in points], signature=b64(signature)
        )
        self.ready = list(zip(batch.certificates, keys, strict=True))

    def show(
        self, *, function: int = 0, late: int = 0, certificate: int = 0, key: ec.EllipticCurvePrivateKey | None = None
    ) -> str:
        """A code as it would stand on the screen; late: made so many seconds ago."""
        raw, own = self.ready[certificate]
        shown = frame.moment(
            certificate=raw, made_at=int(clock.now().timestamp()) - late, function=function, nonce=os.urandom(4)
        )
        return frame.write_frame(shown, sign(key or own, shown))
