"""Refusals that cross doors. Each has a stable code, an HTTP status and a sentence a person can act on.

Sentences are msgids in English; `ui` translates them with `params` filled in.
"""

from collections.abc import Mapping
from typing import ClassVar


def msgid(text: str) -> str:
    """Mark a sentence for translation without translating it now."""
    return text


class HunheError(Exception):
    """Base of all refusals. `code` is stable (`room.noun.reason`), `message` a msgid, `params` fill its %(name)s."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        return f"{self.code}: {self.message % self.params if self.params else self.message}"


class Invalid(HunheError):
    """The request itself is wrong; saying it again will not help."""

    status = 422


class NotFound(HunheError):
    """No such thing, or none that this caller may know of."""

    status = 404


class Denied(HunheError):
    """The caller may not do this."""

    status = 403


class Unauthenticated(HunheError):
    """Nobody is signed in, or the key is unknown."""

    status = 401


class Conflict(HunheError):
    """True a moment ago, no longer; or the same key was used for something else."""

    status = 409


class TooMany(HunheError):
    """A quota or rate is spent. `retry_after` seconds may stand in params."""

    status = 429


class Unavailable(HunheError):
    """Something outside is down. Never a false “no”."""

    status = 503
