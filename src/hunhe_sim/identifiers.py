"""Check characters of the numbers people and firms carry, for one number or for a whole column.

Citizens: GB 11643-1999 (ISO 7064 MOD 11-2). Firms: GB 32100-2015 (mod 31) around an organisation code of GB 11714-1997 (mod 11).
A column is an array of integers in, an array of text (numpy `U`) out.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Texts = NDArray[np.str_]
Bytes = NDArray[np.uint8]

CITIZEN_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
CITIZEN_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
CREDIT_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
CREDIT_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
ORGANISATION_CHECKS = np.frombuffer(b"0123456789X", dtype=np.uint8)
ZERO = ord("0")


def digits(values: Ints, width: int) -> Bytes:
    """The decimal digits of each value, most significant first, as a matrix of 0..9."""
    rest = values.astype(np.int64)
    out = np.empty((len(rest), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        rest, out[:, place] = np.divmod(rest, 10)
    return out


def texts(codes: Bytes) -> Texts:
    """A matrix of ASCII codes as a column of text."""
    matrix = np.ascontiguousarray(codes)
    return matrix.view(f"S{matrix.shape[1]}").ravel().astype(f"U{matrix.shape[1]}")


def citizen_numbers(prefix: Ints, birth: Ints, sequence: Ints) -> Texts:
    """18-character numbers from a six-digit division, a birth date as yyyymmdd and a three-digit sequence (odd = male)."""
    body = np.hstack([digits(prefix, 6), digits(birth, 8), digits(sequence, 3)])
    check = CITIZEN_CHECKS[(body.astype(np.int64) @ CITIZEN_WEIGHTS) % 11]
    return texts(np.hstack([body + ZERO, check[:, None]]).astype(np.uint8))


def citizen_number_of_old(number: str) -> str:
    """The 15-digit number that a holder born in the 1900s had before 1999."""
    return number[:6] + number[8:17]


def citizen_check(body: str) -> str:
    """The 18th character for the first 17 digits."""
    total = sum(int(digit) * int(weight) for digit, weight in zip(body, CITIZEN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def with_wrong_check(number: str) -> str:
    """The same number ending in a check character that does not hold."""
    return number[:17] + ("7" if number[17] != "7" else "8")


def credit_codes(kind: Bytes, division: Ints, organisation: Ints) -> Texts:
    """18-character credit codes: two ASCII codes (registrar, kind), six-digit division, eight-digit organisation number."""
    body = digits(organisation, 8)
    organisation_check = ORGANISATION_CHECKS[(11 - (body.astype(np.int64) @ ORGANISATION_WEIGHTS) % 11) % 11]
    ascii_body = np.hstack([kind, digits(division, 6) + ZERO, body + ZERO, organisation_check[:, None]]).astype(np.uint8)
    value_of = np.zeros(256, dtype=np.int64)
    value_of[CREDIT_ALPHABET] = np.arange(31)
    check = CREDIT_ALPHABET[(31 - (value_of[ascii_body] @ CREDIT_WEIGHTS) % 31) % 31]
    return texts(np.hstack([ascii_body, check[:, None]]))
