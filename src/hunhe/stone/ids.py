"""Identifiers: opaque, sortable by time of birth, never carrying a person's data."""

import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
"""Two digits at a time: ids are made on the hot paths."""


def new(prefix: str) -> str:
    """A fresh id, `prefix_` and 26 characters: 48 bits of milliseconds, 80 random bits (ULID layout, lower case)."""
    return f"{prefix}_{_encode((time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10)), 26)}"


def derived(prefix: str, digest: bytes) -> str:
    """The id that always follows from the same digest (at least 16 bytes): same input, same id."""
    return f"{prefix}_{_encode(int.from_bytes(digest[:16]), 26)}"


def _encode(number: int, length: int) -> str:
    """`number` in base 32, its lowest `length` digits; length is even."""
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(5 * (length - 2), -1, -10)])
