"""Signed notes: the words of the format, and refusal of everything else."""

import base64

import pytest

from hunhe.kernel.audit import note
from hunhe.stone.crypto import profile
from hunhe.stone.errors import Invalid

CRYPTO = profile("intl")
KEY = CRYPTO.signing_key(CRYPTO.new_signing_key())
ORIGIN = "hunhe/audit/test"


def test_a_checkpoint_has_the_lines_of_the_format() -> None:
    text = note.sign(CRYPTO, KEY, ORIGIN, 7, b"\1" * 32)
    lines = text.split("\n")
    assert lines[:4] == [ORIGIN, "7", base64.b64encode(b"\1" * 32).decode(), ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert lines[5:] == [""]
    signature = base64.b64decode(lines[4].split(" ")[2])
    assert signature[:4] == CRYPTO.digest(ORIGIN.encode() + b"\n\x01" + KEY.public)[:4]
    assert len(signature) == 4 + 64


def test_a_note_opens_and_its_signature_covers_every_word() -> None:
    text = note.sign(CRYPTO, KEY, ORIGIN, 7, b"\1" * 32)
    opened = note.read(text)
    assert (opened.origin, opened.size, opened.root) == (ORIGIN, 7, b"\1" * 32)
    assert note.is_signed_by(CRYPTO, opened, KEY.public)
    assert not note.is_signed_by(CRYPTO, note.read(text.replace("\n7\n", "\n8\n")), KEY.public)
    assert not note.is_signed_by(CRYPTO, opened, CRYPTO.signing_key(CRYPTO.new_signing_key()).public)


@pytest.mark.parametrize("text", ["", "a\n1\nAA==\n", "a\nx\nAA==\n\n— a AA==\n", "a\n01\nAA==\n\n— a AA==\n", "a\n1\n*\n\n— a AA==\n",
                                  "a\n1\nAA==\n\nx a AA==\n", "a\n1\nAA==\n\n— a\n", "a\n-1\nAA==\n\n— a AA==\n"])  # fmt: skip
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        note.read(text)


def test_a_verifier_key_carries_the_public_key_and_its_own_check() -> None:
    verifier = note.verifier_key(CRYPTO, ORIGIN, KEY.public)
    assert note.public_of(CRYPTO, verifier) == KEY.public
    for damaged in (verifier[:-6] + "AAAAA=", "no plus", verifier.replace(ORIGIN, "other")):
        with pytest.raises(Invalid):
            note.public_of(CRYPTO, damaged)
