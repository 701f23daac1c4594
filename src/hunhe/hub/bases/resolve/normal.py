"""One spelling for what is written in many ways. Pure text functions, cached where values repeat."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_DATES = (
    re.compile(r"^(?P<y>\d{4})[-/.年 ]?(?P<m>\d{1,2})[-/.月 ]?(?P<d>\d{1,2})日?(?:[ T].*)?$"),
    re.compile(r"^(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4})$"),
    re.compile(r"^(?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})[-/. ](?P<y>\d{4})$"),
)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"


@lru_cache(maxsize=1 << 17)
def plain(text: str) -> str:
    """Full width to half width, lower case, no accents, single spaces, no punctuation at the ends."""
    folded = unicodedata.normalize("NFKC", text).lower()
    if not folded.isascii() and not CJK.search(folded):
        folded = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
    return " ".join(folded.split()).strip(" .,;:'\"-")


def words(text: str) -> list[str]:
    """Words of letters or digits, in order; `'s` and the like stay with their word."""
    return _WORDS.findall(plain(text).replace("'", "").replace("’", ""))


def code(text: str) -> str:
    """Letters and digits only, upper case."""
    return "".join(_WORDS.findall(unicodedata.normalize("NFKC", text))).upper()


def digits(text: str) -> str:
    return "".join(_DIGITS.findall(unicodedata.normalize("NFKC", text)))


def phone(text: str) -> str | None:
    """Digits of a telephone number without country code or trunk zero; None when fewer than five."""
    number = digits(text)
    if number.startswith(("0086", "86")) and len(number) in (13, 15):
        number = number[-11:]
    number = number.lstrip("0")
    return number if len(number) >= 5 else None


@lru_cache(maxsize=1 << 17)
def day(text: str) -> str | None:
    """`YYYYMMDD` for the usual ways to write a date, also impossible ones (typing errors); None for anything else."""
    folded = unicodedata.normalize("NFKC", text).strip()
    for pattern in _DATES:
        if found := pattern.match(folded):
            year, month, of_month = (int(found[part]) for part in "ymd")
            if 1000 <= year <= 2200 and (pattern is not _DATES[1] or month <= 12):
                return f"{year:04d}{month:02d}{of_month:02d}"
    return None


def is_real_day(text: str) -> bool:
    found = day(text)
    if found is None:
        return False
    try:
        date(int(found[:4]), int(found[4:6]), int(found[6:]))
    except ValueError:
        return False
    return 1850 <= int(found[:4]) <= 2100


def id_check(seventeen: str) -> str:
    """The check character of GB 11643 (ISO 7064 MOD 11-2) for seventeen digits."""
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(seventeen, ID_WEIGHTS, strict=True)) % 11]


def id_number(text: str) -> str:
    """A citizen identity number with 18 characters; fifteen-digit ones of the first generation are extended."""
    number = code(text)
    if len(number) == 15 and number.isdigit():
        seventeen = f"{number[:6]}19{number[6:]}"
        return seventeen + id_check(seventeen)
    return number


def is_id_number(text: str) -> bool:
    """True when the check character and the birth date in it hold."""
    number = id_number(text)
    return len(number) == 18 and number[:17].isdigit() and number[17] == id_check(number[:17]) and is_real_day(number[6:14])


@lru_cache(maxsize=1 << 17)
def sound(text: str) -> str:
    """How Chinese characters are read, without tones and without l/n, h/f nuances; other scripts as they are."""
    return "".join(lazy_pinyin(text, style=Style.NORMAL)) if CJK.search(text) else text


@lru_cache(maxsize=1 << 17)
def grams(text: str) -> tuple[str, ...]:
    """Distinct pieces of a text: for Chinese two neighbouring characters, else three letters within a word's bounds."""
    found: dict[str, None] = {}
    for word in words(text):
        width = 2 if CJK.search(word) else 3
        padded = word if width == 2 else f" {word} "
        for start in range(max(1, len(padded) - width + 1)):
            found[padded[start : start + width]] = None
    return tuple(found)


def stems(text: str) -> tuple[str, ...]:
    """Distinct words of a long text by their first five letters; Chinese in pairs of characters."""
    return grams(text) if CJK.search(text) else tuple(dict.fromkeys(word[:5] for word in words(text)))


def numbers(text: str) -> list[str]:
    """The numbers in an address in order, without leading zeros; a letter on a number is dropped."""
    return [number.lstrip("0") or "0" for number in _DIGITS.findall(unicodedata.normalize("NFKC", text))]


def street(text: str) -> str:
    """An address without its numbers."""
    return " ".join(word for word in words(_DIGITS.sub(" ", text)) if len(word) > 1 or CJK.search(word))
