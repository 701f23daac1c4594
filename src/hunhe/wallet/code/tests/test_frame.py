"""The parser of codes: it gives back what was written, and refuses everything else in one way."""

import os
from typing import Any

import base45
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hunhe.wallet.code.reading import Incoming, read_scan
from hunhe.wallet.code.rules import frame
from hunhe.wallet.code.rules.frame import Malformed

KEY = b"\x02" + b"k" * 32


def _certificate(**changed: Any) -> bytes:
    parts: dict[str, Any] = {"issuer": b"is", "handle": b"h" * 16, "level": 3, "not_before": 1_764_000_000}
    parts |= {"minutes": 1440, "public_key": KEY}
    return frame.certificate_head(**(parts | changed)) + b"s" * 64


def _text(**changed: object) -> str:
    shown = frame.moment(certificate=_certificate(**changed), made_at=1_764_000_100, function=3, nonce=b"nonc")
    return frame.write_frame(shown, b"d" * 64)


def test_a_frame_gives_back_what_was_written() -> None:
    read = frame.read_frame(_text())
    assert (read.made_at, read.function, read.signature) == (1_764_000_100, 3, b"d" * 64)
    certificate = read.certificate
    assert (certificate.issuer, certificate.handle, certificate.level, certificate.public_key) == (b"is", b"h" * 16, 3, KEY)
    assert certificate.not_after - certificate.not_before == 24 * 3600
    assert certificate.signed + certificate.signature == _certificate()
    assert read.shown + read.signature == read.raw


def test_the_text_fits_a_square_of_version_ten_at_m() -> None:
    text = _text()
    assert len(text) == 299 <= 311, "311 signs of the alphanumeric set at 10-M (ISO/IEC 18004)"
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@pytest.mark.parametrize(("at", "value"), [(0, 0), (0, 2), (1, 0), (1, 2), (1, 255)])
def test_other_versions_and_algorithms_are_not_read(at: int, value: int) -> None:
    raw = bytearray(base45.b45decode(_text()[3:]))
    raw[at] = value
    with pytest.raises(Malformed):
        frame.read_frame("HH:" + base45.b45encode(bytes(raw)).decode())


@given(st.text(max_size=700))
@example("HH:")
@example("HH:::::")
@example("HH:" + "\ud800")
@example("HH:" + "٣" * 299)
@settings(max_examples=400)
def test_any_text_is_a_frame_or_malformed(text: str) -> None:
    try:
        frame.read_frame(text)
    except Malformed:
        return
    assert len(text.strip()) == 299


@given(st.binary(max_size=260))
@settings(max_examples=400)
def test_any_bytes_are_a_frame_or_malformed(raw: bytes) -> None:
    text = "HH:" + base45.b45encode(raw).decode()
    try:
        read = frame.read_frame(text)
    except Malformed:
        assert len(raw) != frame.LENGTH or raw[:2] != b"\x01\x01"
    else:
        assert read.raw == raw


@given(st.integers(0, frame.LENGTH - 1), st.integers(1, 255))
@settings(max_examples=200)
def test_a_changed_byte_never_raises_and_never_passes_as_signed(at: int, change: int) -> None:
    raw = bytearray(base45.b45decode(_text()[3:]))
    raw[at] ^= change
    body = b'{"payload": "HH:%s", "terminal": "t"}' % base45.b45encode(bytes(raw))
    assert read_scan(Incoming(body, "token"), 1_764_000_100).code in ("malformed", "forged")


@given(st.binary(max_size=300))
@example(b"")
@example(b"[]")
@example(b'{"payload": 1, "terminal": "t"}')
@example(b'{"payload": "\\ud800", "terminal": "t"}')
@settings(max_examples=300)
def test_any_body_is_read_without_raising(body: bytes) -> None:
    assert read_scan(Incoming(body, "token"), 0).code == "malformed"


def test_a_body_of_noise_in_the_right_length_is_forged() -> None:
    raw = b"\x01\x01" + os.urandom(frame.LENGTH - 2)
    body = b'{"payload": "HH:%s", "terminal": "t"}' % base45.b45encode(raw)
    assert read_scan(Incoming(body, "token"), 0).code == "forged"
