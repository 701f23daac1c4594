"""Both profiles keep the same promises; known answers come from FIPS 180-4, RFC 8032 and GB/T 32905."""

import importlib.util
import os
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hunhe.stone import crypto
from hunhe.stone.errors import Invalid, Unavailable

PROFILES = ("intl", "gm")
SM2 = pytest.mark.skipif(importlib.util.find_spec("tongsuopy") is None, reason="SM2 needs the extra hunhe[gm]")
SIGNING = ("intl", pytest.param("gm", marks=SM2))


def test_digests_give_the_published_answers() -> None:
    assert crypto.profile("intl").digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert crypto.profile("gm").digest(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_signature_of_rfc8032_test_1() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    pem = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = crypto.profile("intl").signing_key(pem)
    assert key.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")


@pytest.mark.parametrize("name", PROFILES)
def test_growing_digest_equals_whole(name: str) -> None:
    chosen = crypto.profile(name)
    growing = chosen.new_digest()
    growing.update(b"one ")
    growing.update(b"two")
    assert growing.digest() == chosen.digest(b"one two")
    assert len(growing.digest()) == 32


@pytest.mark.parametrize("name", PROFILES)
def test_sealed_bytes_open_only_unchanged_with_key_and_bound(name: str) -> None:
    chosen = crypto.profile(name)
    key = chosen.new_key()
    sealed = chosen.encrypt(key, "細節".encode(), b"entry 1")
    assert chosen.decrypt(key, sealed, b"entry 1").decode() == "細節"
    assert sealed != chosen.encrypt(key, "細節".encode(), b"entry 1")
    for position in (0, 12, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Invalid):
            chosen.decrypt(key, bytes(changed), b"entry 1")
    for wrong_key, wrong_bytes, bound in (
        (chosen.new_key(), sealed, b"entry 1"),
        (key, sealed, b"entry 2"),
        (key, sealed[:20], b"entry 1"),
    ):
        with pytest.raises(Invalid):
            chosen.decrypt(wrong_key, wrong_bytes, bound)


@pytest.mark.parametrize("name", SIGNING)
def test_signatures_hold_for_one_message_and_one_key(name: str, tmp_path: Path) -> None:
    chosen = crypto.profile(name)
    key = crypto.signing_key_file(tmp_path, "a.key", chosen)
    signature = key.sign(b"checkpoint")
    assert chosen.verify(key.public, signature, b"checkpoint")
    assert not chosen.verify(key.public, signature, b"checkpoins")
    assert not chosen.verify(key.public, b"\0" * 64, b"checkpoint")
    assert not chosen.verify(b"\4short", signature, b"checkpoint")
    assert crypto.signing_key_file(tmp_path, "a.key", chosen).public == key.public


@pytest.mark.skipif(importlib.util.find_spec("tongsuopy") is not None, reason="SM2 is installed here")
def test_without_its_library_gm_refuses_to_sign() -> None:
    with pytest.raises(Unavailable) as refusal:
        crypto.profile("gm").new_signing_key()
    assert refusal.value.code == "crypto.library"


def test_unknown_profile_is_refused() -> None:
    with pytest.raises(Invalid):
        crypto.profile("rot13")


def test_key_files_are_private_and_made_once_by_many(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(crypto.key_file(folder, "master.key", lambda: os.urandom(32))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert stat.S_IMODE((folder / "master.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["master.key"]
