"""Public keys with which departments' systems sign: read, named, checked, in the city's crypto profile."""

import base64
import binascii

from django.conf import settings

from hunhe.stone.crypto import profile
from hunhe.stone.errors import Invalid, msgid


def read_public_key(text: str) -> bytes:
    """The bytes of a public key given in base64; Invalid when it is none."""
    key = _bytes_of(text)
    if key is None or not 16 <= len(key) <= 200:
        raise Invalid("exchange.signer.key", msgid("This is not a public key in base64."))
    return key


def fingerprint_of(key: bytes) -> str:
    return profile(settings.HUNHE_CRYPTO).digest(key).hex()


def is_signed(public_key: str, signature: str, text: bytes) -> bool:
    """Whether `signature` (base64) over `text` was made with the private part of `public_key` (base64)."""
    key, signed = _bytes_of(public_key), _bytes_of(signature)
    return key is not None and signed is not None and profile(settings.HUNHE_CRYPTO).verify(key, signed, text)


def _bytes_of(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
