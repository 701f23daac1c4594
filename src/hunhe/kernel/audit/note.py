"""Checkpoints as signed notes (C2SP tlog-checkpoint and signed-note): text that any witness can read and check."""

import base64
import binascii
from dataclasses import dataclass

from hunhe.stone.crypto import Crypto, SigningKey
from hunhe.stone.errors import Invalid, msgid

_DASH = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class Note:
    """An opened note: what it says, and who is said to have signed it with what."""

    origin: str
    size: int
    root: bytes
    body: str
    signatures: tuple[tuple[str, bytes], ...]


def key_hash(crypto: Crypto, name: str, public: bytes) -> bytes:
    """Four bytes that name a key in a note."""
    return crypto.digest(name.encode() + b"\n" + crypto.note_key_type + public)[:4]


def verifier_key(crypto: Crypto, name: str, public: bytes) -> str:
    """The public key as witnesses configure it: name+hash+key."""
    encoded = base64.b64encode(crypto.note_key_type + public).decode()
    return f"{name}+{key_hash(crypto, name, public).hex()}+{encoded}"


def public_of(crypto: Crypto, verifier: str) -> bytes:
    """The public key inside a verifier key of this profile."""
    try:
        name, named, encoded = verifier.strip().split("+", 2)
        typed = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise _unreadable() from error
    public = typed.removeprefix(crypto.note_key_type)
    if public == typed or key_hash(crypto, name, public).hex() != named:
        raise _unreadable()
    return public


def sign(crypto: Crypto, key: SigningKey, origin: str, size: int, root: bytes) -> str:
    """The checkpoint of a tree: three lines, a blank one, one signature line."""
    body = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = key_hash(crypto, origin, key.public) + key.sign(body.encode())
    return f"{body}\n{_DASH} {origin} {base64.b64encode(signature).decode()}\n"


def read(text: str) -> Note:
    """Open a note without judging its signatures; Invalid when it is none."""
    body, blank, tail = text.partition("\n\n")
    lines = body.split("\n")
    try:
        if not blank or len(lines) < 3 or not lines[0] or str(int(lines[1])) != lines[1] or int(lines[1]) < 0:
            raise ValueError(text)
        signatures = []
        for line in tail.splitlines():
            dash, name, encoded = line.split(" ")
            if dash != _DASH:
                raise ValueError(line)
            signatures.append((name, base64.b64decode(encoded, validate=True)))
        return Note(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True), body + "\n", tuple(signatures))
    except (ValueError, binascii.Error) as error:
        raise _unreadable() from error


def is_signed_by(crypto: Crypto, note: Note, public: bytes) -> bool:
    """Whether one of the note's signatures is this key's, over its very words."""
    named = key_hash(crypto, note.origin, public)
    return any(
        name == note.origin and signature[:4] == named and crypto.verify(public, signature[4:], note.body.encode())
        for name, signature in note.signatures
    )


def _unreadable() -> Invalid:
    return Invalid("audit.note", msgid("This is not a signed checkpoint."))
