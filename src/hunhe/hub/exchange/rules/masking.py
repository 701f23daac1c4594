"""What a masked value looks like, by kind of column. Masks keep what helps a person recognise, never what identifies."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

_BANDS = (0, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000, 30_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
_KIND_OF_NAME = (
    ("subject_id", "subject"),
    ("id_number", "id_number"),
    ("id_no", "id_number"),
    ("uscc", "uscc"),
    ("credit_code", "uscc"),
    ("phone", "phone"),
    ("mobile", "phone"),
    ("email", "email"),
    ("address", "address"),
    ("account", "account"),
)
_KIND_OF_TITLE = (
    ("身份证", "id_number"),
    ("证件号", "id_number"),
    ("信用代码", "uscc"),
    ("手机", "phone"),
    ("电话", "phone"),
    ("姓名", "name"),
    ("住址", "address"),
    ("地址", "address"),
    ("账号", "account"),
)
_AMOUNT = re.compile(r"(^|_)(amount|wage|salary|income|fee|balance|price|capital|pay|tax)(_|$)")
_DATE = re.compile(r"(^|_)(date|born|birth|birthday|day)$|_(on|at)$")
_DISTRICT = re.compile(r"^.{0,14}?(?:(?<![小社])区|县|旗|盟)|^.{0,8}?市")


def kind_of(name: str, type_: str = "", title: str = "") -> str:
    """Kind of a column: from its title where that is plain, then its name, then its catalogue type (C N Y D T L …)."""
    for part, kind in _KIND_OF_TITLE:
        if part in title:
            return kind
    lower = name.lower()
    for part, kind in _KIND_OF_NAME:
        if lower == part or lower.endswith("_" + part) or lower.startswith(part + "_"):
            return kind
    if lower == "name" or lower.endswith("_name") or lower == "legal_representative":
        return "name"
    if _AMOUNT.search(lower) or type_.upper() == "Y":
        return "amount"
    if type_.upper() in ("D", "T") or _DATE.search(lower):
        return "date"
    return "text"


def mask(kind: str, value: Any) -> str | None:
    """The masked form of `value`; None stays None, since nothing is there to hide."""
    if value is None:
        return None
    text = str(value)
    if not text:
        return ""
    return _MASKS.get(kind, _mask_text)(text)


def _mask_name(text: str) -> str:
    """First character, then one star for each following one, at most two: 林**."""
    return text[0] + "*" * min(max(len(text) - 1, 1), 2)


def _keep_ends(text: str, head: int, tail: int) -> str:
    """`head` and `tail` characters stay; a text of which less than a third would be hidden is hidden whole."""
    hidden = len(text) - head - tail
    return text[:head] + "*" * hidden + text[len(text) - tail :] if hidden >= len(text) / 3 and hidden > 0 else "*" * len(text)


def _mask_address(text: str) -> str:
    """Down to the district, no further."""
    found = _DISTRICT.match(text)
    return (found.group(0) if found else text[:2]) + "****"


def _mask_amount(text: str) -> str:
    """The band the amount lies in, in the unit of the column; the top band is open."""
    try:
        amount = float(text)
    except ValueError:
        return "*"
    if not -1e15 < amount < 1e15:
        return "*"
    if amount < 0:
        return "<0"
    for low, high in pairwise(_BANDS):
        if amount < high:
            return f"{low}–{high}"
    return f"≥{_BANDS[-1]}"


def _mask_date(text: str) -> str:
    """The year stays."""
    return text[:4] + "-**-**" if re.match(r"\d{4}", text) else "*"


def _mask_email(text: str) -> str:
    name, at, host = text.partition("@")
    return name[0] + "***@" + host if at and name else "***"


def _mask_text(text: str) -> str:
    return text[0] + "**" if len(text) > 1 else "*"


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": _mask_name,
    "id_number": lambda text: _keep_ends(text, 4, 4),
    "uscc": lambda text: _keep_ends(text, 4, 4),
    "account": lambda text: _keep_ends(text, 4, 4),
    "phone": lambda text: _keep_ends(text, 3, 4),
    "email": _mask_email,
    "address": _mask_address,
    "amount": _mask_amount,
    "date": _mask_date,
    "subject": lambda text: "*",
    "text": _mask_text,
}
