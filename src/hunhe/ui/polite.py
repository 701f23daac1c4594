"""Elders are addressed as 您. One rule over the reader's catalogue, so that no page needs a second wording; what people and
departments wrote themselves stays as it is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import get_language, trans_real

_PLAIN = re.compile("你(?!们|們)")  # 您们 is not said


def _polite(said: str) -> str:
    return _PLAIN.sub("您", said)


class _Polite:
    """A catalogue whose sentences say 您 where they said 你."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def gettext(self, message: str) -> str:
        return _polite(self._plain.gettext(message))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return _polite(self._plain.ngettext(one, many, number))


@contextmanager
def politely() -> Iterator[None]:
    """Translations of this thread say 您 until the block ends; the language stays the one that was active."""
    with _speaking(_Polite(trans_real.translation(get_language() or ""))):
        yield


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Translations of this thread are in another language until the block ends; then as polite as before, which Django's own
    override forgets."""
    with _speaking(trans_real.translation(code)):
        yield


@contextmanager
def _speaking(catalogue: Any) -> Iterator[None]:
    active = trans_real._active  # type: ignore[attr-defined]  # noqa: SLF001  # Django has no door for a catalogue of one's own
    before = getattr(active, "value", None)
    active.value = catalogue
    try:
        yield
    finally:
        if before is None:  # a worker's thread, in which nothing was chosen yet
            del active.value
        else:
            active.value = before
