"""Keyset pages: a slice of a long list and the opaque key of the next one. Never a count, never an offset."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hunhe.stone.errors import Invalid, msgid

T = TypeVar("T")
U = TypeVar("U")
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` in order; `next` is the cursor for the following page, None at the end."""

    items: tuple[T, ...]
    next: str | None = None

    @classmethod
    def of(cls, rows: Sequence[T], size: int, key: Callable[[T], Key]) -> "Page[T]":
        """Cut a page from up to `size + 1` rows already in order; `key` gives the sort key of a row."""
        items = tuple(rows[:size])
        return cls(items, encode_cursor(key(items[-1])) if len(rows) > size else None)

    def map(self, change: Callable[[T], U]) -> "Page[U]":
        return Page(tuple(change(item) for item in self.items), self.next)


def encode_cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> Key:
    """The key inside a cursor of `length` parts; Invalid when it was not made by us."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise bad_cursor() from error
    if not isinstance(key, list) or len(key) != length or not all(type(part) in (str, int) for part in key):
        raise bad_cursor()
    return tuple(key)


def bad_cursor() -> Invalid:
    return Invalid("page.cursor", msgid("This page link is damaged. Start again from the first page."))
