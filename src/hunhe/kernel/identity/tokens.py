"""Tokens of API clients: how they are made, and who stands behind one, held for a moment."""

import secrets
import time

from django.conf import settings

from hunhe.kernel.identity.models import Client
from hunhe.kernel.identity.rules import CLIENT_PREFIX, HINT_LENGTH
from hunhe.stone import crypto
from hunhe.stone.who import Who

HELD_SECONDS = 2.0
HELD_AT_MOST = 4096
_held: dict[str, tuple[float, Who | None]] = {}


def new_token() -> tuple[str, str, str]:
    """A token of 256 random bits, its digest, and the beginning that people may see."""
    token = CLIENT_PREFIX + secrets.token_urlsafe(32)
    return token, digest(token), token[:HINT_LENGTH]


def digest(token: str) -> str:
    """What the database keeps of a token. The token is random and long: its digest cannot be turned back."""
    return crypto.profile(settings.HUNHE_CRYPTO).digest(token.encode()).hex()


def who_behind(token: str) -> Who | None:
    """The client's caller; None for a token unknown or revoked. Answers may be HELD_SECONDS old."""
    if not token.startswith(CLIENT_PREFIX) or len(token) > 100:
        return None
    mark, now = digest(token), time.monotonic()
    known = _held.get(mark)
    if known is not None and known[0] > now:
        return known[1]
    client = Client.objects.filter(digest=mark, revoked_at=None).values("id", "name", "department").first()
    who = Who(id=client["id"], kind="client", name=client["name"], department=client["department"]) if client else None
    if len(_held) >= HELD_AT_MOST:
        _held.clear()
    _held[mark] = (now + HELD_SECONDS, who)
    return who


def forget() -> None:
    """A client was made or revoked in this process."""
    _held.clear()
