"""The crypto profile: digests, signatures and ciphers behind one interface. Nothing else in the house names an algorithm.

`profile("intl")` or `profile("gm")`. All bytes in, bytes out. Keys are files in a folder beside the city's data
(`key_file`, `signing_key_file`), made on first use, readable by their owner only.
"""

import contextlib
import os
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

from hunhe.stone.errors import Invalid, Unavailable, msgid

ProfileName = Literal["intl", "gm"]


class Digest(Protocol):
    """A digest that grows with what it is given."""

    def update(self, data: bytes, /) -> object: ...

    def digest(self) -> bytes: ...


class SigningKey(Protocol):
    """A private key held by this process."""

    @property
    def public(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes: ...


class Crypto(Protocol):
    """One profile. Digests and keyed digests are 32 bytes in both profiles."""

    name: ProfileName
    note_key_type: bytes
    """How signed notes name the signature kind (C2SP signed-note): one byte, and for 0xff an identifier after it."""

    def digest(self, data: bytes) -> bytes: ...

    def new_digest(self) -> Digest: ...

    def keyed_digest(self, key: bytes, data: bytes) -> bytes: ...

    def new_key(self) -> bytes:
        """A fresh secret for `encrypt` or `keyed_digest`."""
        ...

    def encrypt(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """Sealed bytes: nonce, ciphertext, tag. `bound` is not hidden, but must be the same at `decrypt`."""
        ...

    def decrypt(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        """The plain bytes; `Invalid` when a byte or the key is not the one used."""
        ...

    def seal_block(self, key: bytes, block: bytes) -> bytes:
        """Sixteen bytes under the block cipher: an opaque handle of the same length. No tag: sign what carries it."""
        ...

    def open_block(self, key: bytes, sealed: bytes) -> bytes: ...

    def new_signing_key(self) -> bytes:
        """A fresh private key as PEM."""
        ...

    def signing_key(self, pem: bytes) -> SigningKey: ...

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool: ...


@cache
def profile(name: str) -> Crypto:
    """The profile of that name; Invalid for any other, Unavailable when its library is missing at first use."""
    if name not in ("intl", "gm"):
        raise Invalid("crypto.profile", msgid("There is no crypto profile “%(name)s”. Choose intl or gm."), name=name)
    found: Crypto = import_module(f"hunhe.stone.crypto_{name}").build()
    return found


def verify_device(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether a key that a browser holds signed `data`: the same curve in both profiles, browsers know no other (ADR 0095).

    public: 33 bytes, compressed point. signature: 64 bytes, r and s.
    """
    from hunhe.stone import crypto_device

    return crypto_device.verify(public, signature, data)


def damaged() -> Invalid:
    return Invalid("crypto.damaged", msgid("These bytes were changed, or sealed with another key."))


def missing_library(library: str) -> Unavailable:
    return Unavailable(
        "crypto.library",
        msgid("This crypto profile signs with a library that is not installed: %(library)s. Install hunhe[gm]."),
        library=library,
    )


def key_file(folder: Path, name: str, make: Callable[[], bytes]) -> bytes:
    """The bytes of key `name`, made once per folder. Whoever comes second reads what the first one wrote."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(path, make())
    return path.read_bytes()


def signing_key_file(folder: Path, name: str, crypto: Crypto) -> SigningKey:
    return crypto.signing_key(key_file(folder, name, crypto.new_signing_key))


def _write_once(path: Path, content: bytes) -> None:
    """Appear whole or not at all: written aside, synced, then linked to its name."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        aside.unlink(missing_ok=True)
