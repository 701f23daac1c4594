"""Keys that a browser holds: ECDSA on P-256 with SHA-256, the one curve that WebCrypto and every phone share."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

_HALF = 32
_scheme = ec.ECDSA(SHA256())


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """False for anything that is no key, no signature, or not of this data."""
    key = read_point(public)
    if key is None or len(signature) != 2 * _HALF:
        return False
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        key.verify(encode_dss_signature(r, s), data, _scheme)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=16384)
def read_point(public: bytes) -> ec.EllipticCurvePublicKey | None:
    """The point, decompressed once; None when there is no such point."""
    if len(public) != _HALF + 1:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        return None
