"""Identifiers: opaque, sortable by time of birth, never carrying a person's data."""

import os
import time
from functools import lru_cache

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGIT_OF_BYTE = bytes(ord(_ALPHABET[byte & 31]) for byte in range(256))  # 16 random bytes give 16 random digits
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)


def new(prefix: str) -> str:
    """A fresh id, `prefix_` and 26 characters: 48 bits of milliseconds, 80 random bits (ULID layout, lower case)."""
    return f"{prefix}_{_moment(time.time_ns() // 1_000_000)}{os.urandom(16).translate(_DIGIT_OF_BYTE).decode()}"


@lru_cache(maxsize=4)
def _moment(milliseconds: int) -> str:
    return _encode(milliseconds, 10)


def derived(prefix: str, digest: bytes) -> str:
    """The id that always follows from the same digest (at least 16 bytes): same input, same id."""
    return f"{prefix}_{_encode(int.from_bytes(digest[:16]), 26)}"


def _encode(number: int, length: int) -> str:
    """`number` in base 32, its lowest `length` digits; length is even."""
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(5 * (length - 2), -1, -10)])


def secret(length: int = 26) -> str:
    """A word nobody can guess, 5 random bits a character: for links that open something to whoever has them."""
    return os.urandom(length).translate(_DIGIT_OF_BYTE).decode()
