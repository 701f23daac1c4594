"""The keys of the log: one signs checkpoints, one master seals the key of each subject. They lie outside the data folder."""

from collections.abc import Iterable
from functools import cache, lru_cache

from django.conf import settings
from django.db import connection

from hunhe.stone import ids
from hunhe.stone.crypto import Crypto, SigningKey, key_file, profile, signing_key_file

NOBODY = ""
_SLICE = 500
_SELECT = "SELECT subject_id, id, sealed, reference FROM audit_subject_key WHERE subject_id IN ({places})"
_INSERT = (
    "INSERT INTO audit_subject_key (subject_id, sealed, reference) VALUES (%s, %s, %s) ON CONFLICT (subject_id) DO NOTHING"
)


@cache
def crypto() -> Crypto:
    return profile(settings.HUNHE_CRYPTO)


@cache
def signing_key() -> SigningKey:
    return signing_key_file(settings.HUNHE_KEYS, "audit.signing.pem", crypto())


@cache
def _master_key() -> bytes:
    return key_file(settings.HUNHE_KEYS, "audit.master.key", crypto().new_key)


@lru_cache(maxsize=8192)
def open_key(sealed: bytes, reference: str) -> bytes:
    """A subject's key from its sealed form; Invalid when the master key is another one."""
    return crypto().decrypt(_master_key(), sealed, reference.encode())


def keys_for(subject_ids: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """(row id, key) per subject, made on first sight. Call inside the transaction that uses them."""
    wanted = sorted(set(subject_ids))
    found = _known(wanted)
    missing = [subject_id for subject_id in wanted if subject_id not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, [_fresh(subject_id) for subject_id in missing])
        found |= _known(missing)
    return found


def _known(subject_ids: list[str]) -> dict[str, tuple[int, bytes]]:
    found: dict[str, tuple[int, bytes]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(subject_ids), _SLICE):
            part = subject_ids[start : start + _SLICE]
            places = ", ".join(["%s"] * len(part))
            cursor.execute(_SELECT.format(places=places), part)
            for subject_id, row_id, sealed, reference in cursor.fetchall():
                found[subject_id] = (row_id, open_key(bytes(sealed), reference))
    return found


def _fresh(subject_id: str) -> tuple[str, bytes, str]:
    reference = ids.new("key")
    sealed = crypto().encrypt(_master_key(), crypto().new_key(), reference.encode())
    return subject_id, sealed, reference
