"""Check characters of national identifiers, for one value; `hub.collect` has the same rules as SQL, for columns."""

import re

_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def uscc_holds(code: str) -> bool:
    """Whether `code` is a unified social credit code whose check character is right (GB 32100)."""
    return bool(_USCC.fullmatch(code)) and code[17] == _uscc_check(code)


def looks_like_uscc(code: str) -> bool:
    """18 signs of the alphabet; the check character may be wrong, as it is on some old seals."""
    return bool(_USCC.fullmatch(code))


def _uscc_check(code: str) -> str:
    total = sum(_USCC_SIGNS.index(sign) * weight for sign, weight in zip(code[:17], _USCC_WEIGHTS, strict=True))
    return _USCC_SIGNS[(31 - total) % 31]
