"""From an act to its leaf: what is committed to, what is sealed, and the bytes under the leaf hash.

A commitment is the digest of 16 random bytes and the content: nobody can guess the content from it, nor change it.

The leaf is five lines of text that may be published: a mark, the entry's id, its time, and two salted commitments. The head
commitment covers who, on whose behalf, department, act and object, and can be checked for ever. The detail commitment covers
subject and detail; its salt lies sealed with them under the subject's key, so it closes when that key is erased.
"""

import os
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from hunhe.kernel.audit.merkle import leaf_hash
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.stone import clock, ids
from hunhe.stone.crypto import Crypto, damaged

SALT = 16
_MARK = "hunhe audit entry v1"
_encoder = msgspec.json.Encoder(enc_hook=str, order="sorted")


class Leaf(NamedTuple):
    """One entry ready to be stored, columns in the order of the insert."""

    entry_id: str
    at: int
    who: str
    on_behalf_of: str
    department: str
    act: str
    object: str
    salt: bytes
    key_id: int
    detail_commitment: bytes
    detail: bytes
    hash: bytes


def microseconds_now() -> int:
    """True time: a moved city clock never reaches the log."""
    moment = clock.true_now()
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def head_commitment(crypto: Crypto, salt: bytes, head: Sequence[str]) -> bytes:
    return crypto.digest(salt + _encoder.encode(head))


def detail_commitment(crypto: Crypto, salted: bytes) -> bytes:
    """`salted`: the salt and after it the detail, as sealed."""
    return crypto.digest(salted)


def leaf_text(entry_id: str, at: int, head: bytes, detail: bytes) -> str:
    return f"{_MARK}\n{entry_id}\n{at}\n{head.hex()}\n{detail.hex()}\n"


def make_leaf(crypto: Crypto, entry: NewEntry, at: int, key: tuple[int, bytes]) -> Leaf:
    """Commit to one act and seal its detail under its subject's key (row id, key)."""
    who = entry.who
    entry_id = ids.new("aud")
    head = (who.id, who.on_behalf_of or "", who.department or "", entry.act, entry.object)
    randomness = os.urandom(2 * SALT)
    salt, salted = randomness[:SALT], randomness[SALT:] + _encoder.encode([entry.subject_id, entry.detail])
    commitment = detail_commitment(crypto, salted)
    text = leaf_text(entry_id, at, head_commitment(crypto, salt, head), commitment)
    sealed = crypto.encrypt(key[1], salted, entry_id.encode())
    return Leaf(entry_id, at, *head, salt, key[0], commitment, sealed, leaf_hash(crypto.digest, text.encode()))


def open_detail(
    crypto: Crypto, key: bytes, entry_id: str, sealed: bytes, commitment: bytes
) -> tuple[str | None, dict[str, object]]:
    """(subject, detail) of an entry; Invalid when the sealed bytes or the commitment were changed."""
    salted = crypto.decrypt(key, sealed, entry_id.encode())
    if detail_commitment(crypto, salted) != commitment:
        raise damaged()
    subject_id, detail = msgspec.json.decode(salted[SALT:], type=tuple[str | None, dict[str, object]])
    return subject_id, detail
