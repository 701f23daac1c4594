"""Digests of what arrives, in the city's crypto profile."""

from pathlib import Path

from django.conf import settings

from hunhe.stone.crypto import Digest, profile

CHUNK = 1024 * 1024


def new() -> Digest:
    return profile(settings.HUNHE_CRYPTO).new_digest()


def of_file(path: Path) -> str:
    """Digest of a file's bytes, in hex."""
    found = new()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.digest().hex()
