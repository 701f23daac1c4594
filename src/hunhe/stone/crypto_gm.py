"""Crypto profile gm: SM3, HMAC-SM3, SM4-GCM, SM2 with SM3.

Digests and ciphers come with `cryptography`; signatures need the extra `hunhe[gm]` and are refused without it.
"""

import os
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from hunhe.stone.crypto import Crypto, Digest, ProfileName, SigningKey, damaged, missing_library

_LIBRARY = "tongsuopy"
_NONCE = 12
_TAG = 16


def _tongsuo(part: str) -> ModuleType:
    try:
        return import_module(f"{_LIBRARY}.crypto.{part}")
    except ImportError as error:
        raise missing_library(_LIBRARY) from error


class _Growing:
    """An SM3 digest with the two methods that callers use."""

    def __init__(self, data: bytes = b"") -> None:
        self._context = hashes.Hash(hashes.SM3())
        self._context.update(data)

    def update(self, data: bytes, /) -> None:
        self._context.update(data)

    def digest(self) -> bytes:
        return self._context.copy().finalize()


@dataclass(frozen=True, slots=True)
class _Key:
    private: Any

    @property
    def public(self) -> bytes:
        serialization = _tongsuo("serialization")
        point: bytes = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return point

    def sign(self, data: bytes) -> bytes:
        signature: bytes = self.private.sign(data, _tongsuo("asymciphers.ec").ECDSA(_tongsuo("hashes").SM3()))
        return signature


class Gm:
    """Algorithms of the national commercial cryptography standards."""

    name: ProfileName = "gm"
    note_key_type = b"\xffhunhe.gm.SM2-SM3"

    def digest(self, data: bytes) -> bytes:
        return _Growing(data).digest()

    def new_digest(self) -> Digest:
        return _Growing()

    def keyed_digest(self, key: bytes, data: bytes) -> bytes:
        context = HMAC(key, hashes.SM3())
        context.update(data)
        return context.finalize()

    def new_key(self) -> bytes:
        return os.urandom(16)

    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        context = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        context.authenticate_additional_data(bound)
        return nonce + context.update(plain) + context.finalize() + context.tag

    def decrypt(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        if len(sealed) < _NONCE + _TAG:
            raise damaged()
        context = Cipher(algorithms.SM4(key), modes.GCM(sealed[:_NONCE], sealed[-_TAG:])).decryptor()
        context.authenticate_additional_data(bound)
        try:
            return context.update(sealed[_NONCE:-_TAG]) + context.finalize()
        except InvalidTag as error:
            raise damaged() from error

    def seal_block(self, key: bytes, block: bytes) -> bytes:
        return Cipher(algorithms.SM4(key), modes.ECB()).encryptor().update(block)  # noqa: S305  # one block, one use

    def open_block(self, key: bytes, sealed: bytes) -> bytes:
        return Cipher(algorithms.SM4(key), modes.ECB()).decryptor().update(sealed)  # noqa: S305  # one block, one use

    def new_signing_key(self) -> bytes:
        serialization = _tongsuo("serialization")
        curves = _tongsuo("asymciphers.ec")
        pem: bytes = curves.generate_private_key(curves.SM2()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return pem

    def signing_key(self, pem: bytes) -> SigningKey:
        try:
            return _Key(_tongsuo("serialization").load_pem_private_key(pem, None))
        except ValueError as error:
            raise damaged() from error

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        curves = _tongsuo("asymciphers.ec")
        exceptions = _tongsuo("exceptions")
        try:
            key = curves.EllipticCurvePublicKey.from_encoded_point(curves.SM2(), public)
            key.verify(signature, data, curves.ECDSA(_tongsuo("hashes").SM3()))
        except (ValueError, exceptions.InvalidSignature, exceptions.InternalError):
            return False
        return True


def build() -> Crypto:
    return Gm()
