"""Crypto profile intl: SHA-256, HMAC, AES-256-GCM, Ed25519."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hunhe.stone.crypto import Crypto, Digest, ProfileName, SigningKey, damaged

_NONCE = 12
_TAG = 16
_cipher = lru_cache(maxsize=4096)(AESGCM)  # the key schedule costs as much as a short message


@dataclass(frozen=True, slots=True)
class _Key:
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


class Intl:
    """Algorithms that every library in the world speaks."""

    name: ProfileName = "intl"
    note_key_type = b"\x01"

    def digest(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def new_digest(self) -> Digest:
        return hashlib.sha256()

    def keyed_digest(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, "sha256")

    def new_key(self) -> bytes:
        return os.urandom(32)

    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + _cipher(key).encrypt(nonce, plain, bound)

    def decrypt(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        if len(sealed) < _NONCE + _TAG:
            raise damaged()
        try:
            return _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
        except InvalidTag as error:
            raise damaged() from error

    def seal_block(self, key: bytes, block: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)  # noqa: S305  # one block, one use

    def open_block(self, key: bytes, sealed: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.ECB()).decryptor().update(sealed)  # noqa: S305  # one block, one use

    def new_signing_key(self) -> bytes:
        return Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def signing_key(self, pem: bytes) -> SigningKey:
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, Ed25519PrivateKey):
            raise damaged()
        return _Key(key)

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


def build() -> Crypto:
    return Intl()
