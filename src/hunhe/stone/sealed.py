"""Streams sealed for whoever holds a key that is kept elsewhere, in the age format (age-encryption.org/v1).

The city knows the public half only: what it seals it cannot open again, and any age program can. ADR 0110.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import pyrage

from hunhe.stone.errors import Invalid, msgid


@dataclass(frozen=True, slots=True)
class SealingKey:
    """secret: opens (`AGE-SECRET-KEY-1…`). recipient: seals (`age1…`)."""

    secret: str
    recipient: str


def new_sealing_key() -> SealingKey:
    identity = pyrage.x25519.Identity.generate()
    return SealingKey(str(identity), str(identity.to_public()))


def seal_stream(source: IO[bytes], target: IO[bytes], recipients: Sequence[str]) -> None:
    """All of `source` into `target`, sealed. Invalid for a recipient that is none."""
    try:
        known = [pyrage.x25519.Recipient.from_str(recipient.strip()) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise Invalid("sealed.recipient", msgid("That is no key to seal with. It begins with age1.")) from error
    pyrage.encrypt_io(source, target, known)


def open_stream(source: IO[bytes], target: IO[bytes], secret: str) -> None:
    """What was sealed into `target`, piece by piece, each one proven. Invalid when the key is another or a byte was changed."""
    try:
        identity = pyrage.x25519.Identity.from_str(secret.strip())
    except pyrage.IdentityError as error:
        raise Invalid("sealed.secret", msgid("That is no key to open with. It begins with AGE-SECRET-KEY-.")) from error
    try:
        pyrage.decrypt_io(source, target, [identity])
    except (pyrage.DecryptError, OSError) as error:
        raise Invalid(
            "sealed.closed", msgid("This does not open: it was sealed for another key, or it is damaged or not complete.")
        ) from error
