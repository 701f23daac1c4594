"""The city's side of certificates: the key that signs them, and the handle in which it knows its devices again.

A certificate names nobody. Its handle is the device's number under the city's block cipher, another one each time: terminals,
even together, cannot tell that two certificates are one phone's; the city can, without a row for each (ADR 0095).
"""

import os
from collections.abc import Sequence
from functools import cache, lru_cache

from django.conf import settings

from hunhe.stone import crypto
from hunhe.stone.crypto import SigningKey
from hunhe.stone.errors import Unavailable, msgid
from hunhe.wallet.code.rules import frame
from hunhe.wallet.code.shapes import Issuer

_NUMBER, _RANDOM = 8, 8


@cache
def profile() -> crypto.Crypto:
    return crypto.profile(settings.HUNHE_CRYPTO)


@cache
def _signing_key() -> SigningKey:
    return crypto.signing_key_file(settings.HUNHE_KEYS, "code.issuer.pem", profile())


@cache
def _key(name: str) -> bytes:
    return crypto.key_file(settings.HUNHE_KEYS, f"code.{name}.key", profile().new_key)


@cache
def issuer() -> Issuer:
    """The key in force; Unavailable where the profile's signatures do not fit the frame's first algorithm."""
    if profile().name != "intl":
        raise Unavailable("code.issuer.profile", msgid("The code's first frame needs crypto profile intl."))
    public = _signing_key().public
    return Issuer(profile().digest(public)[:2].hex(), frame.PLAIN, public)


def certificates(*, number: int, level: int, not_before: int, minutes: int, keys: Sequence[bytes]) -> tuple[bytes, ...]:
    """One signed certificate per key."""
    own = bytes.fromhex(issuer().id)
    made = []
    for public_key in keys:
        handle = profile().seal_block(_key("handles"), number.to_bytes(_NUMBER) + os.urandom(_RANDOM))
        head = frame.certificate_head(
            issuer=own, handle=handle, level=level, not_before=not_before, minutes=minutes, public_key=public_key
        )
        made.append(head + _signing_key().sign(head))
    return tuple(made)


def device_number(handle: bytes) -> int:
    """The device behind a handle whose certificate was verified."""
    return int.from_bytes(profile().open_block(_key("handles"), handle)[:_NUMBER])


@lru_cache(maxsize=65536)
def is_issued(certificate: bytes) -> bool:
    """Whether this city signed a certificate. Remembered: a phone shows the same one for a while."""
    read = frame.read_certificate(certificate)
    known = issuer()
    return read.issuer.hex() == known.id and profile().verify(known.public, read.signature, read.signed)


def pseudonym(subject_id: str, department: str) -> str:
    """The name a person has at one department's terminals: always the same there, another one elsewhere."""
    digest = profile().keyed_digest(_key("pseudonyms"), f"{department}\n{subject_id}".encode())
    return "".join(_SIGNS[byte & 31] for byte in digest[:8])


def moment_digest(shown: bytes) -> str:
    """What is kept of a scanned moment."""
    return profile().digest(shown)[:16].hex()


_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
