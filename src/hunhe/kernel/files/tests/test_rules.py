"""What may be stored is decided by content, and nothing that a stranger sends makes the judge itself fall."""

import gzip
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.files import rules
from hunhe.stone.errors import Invalid


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0"


def jpeg(width: int, height: int) -> bytes:
    return (
        b"\xff\xd8\xff\xe0"
        + struct.pack(">H", 4)
        + b"\0\0"
        + b"\xff\xc0"
        + struct.pack(">HBHH", 11, 8, height, width)
        + b"\0" * 6
    )


def archive(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name.replace("__", "/")), content, zipfile.ZIP_DEFLATED)  # the same bytes at any hour
    return held.getvalue()


TYPES_AND_REFUSALS = ("image/", "text/", "application/", "files.")


def outcome(content: bytes) -> str:
    """The media type, or the code of the refusal; any other exception is a fault."""
    try:
        return judged(content)
    except Invalid as refusal:
        return refusal.code


def judged(content: bytes) -> str:
    return rules.media_type_of(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (png(100, 50), "image/png"),
        (jpeg(640, 480), "image/jpeg"),
        (b"GIF89a" + struct.pack("<HH", 3, 4), "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x09\0\0\x09\0\0", "image/webp"),
        ("姓名,电话\n张三,139\n".encode(), "text/csv"),
        ("姓名,电话\n张三,139\n".encode("gb18030"), "text/csv"),
        ("说明：一份文件\n".encode(), "text/plain"),
        (("渾" * 3000).encode(), "text/plain"),
        (b' {"a": 1}', "application/json"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (archive(a=b"x"), "application/zip"),
        (archive(word__document=b"x"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (archive(xl__workbook=b"x"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (gzip.compress(b"x" * 100, mtime=0), "application/gzip"),
    ],
)
def test_the_content_says_what_it_is(content: bytes, media_type: str) -> None:
    assert judged(content) == media_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "files.empty"),
        (b"MZ\x90\0", "files.type"),
        (b"\x7fELF", "files.type"),
        (b"#!/bin/sh\n", "files.type"),
        (b"<!DOCTYPE html><p>", "files.type"),
        (b"<svg onload=alert(1)>", "files.type"),
        (b"hello < SCRIPT>alert(1)</script>", "files.type"),
        (b"\x01\x02\0\x03", "files.type"),
        (b"\xff\xfe\xfd\xfc", "files.type"),
        (png(40_000, 40_000), "files.bomb"),
        (png(0, 10), "files.bomb"),
        (b"\x89PNG\r\n\x1a\n", "files.damaged"),
        (jpeg(60_000, 60_000), "files.bomb"),
        (archive(a=b"x" * 1000)[:60], "files.damaged"),
        (gzip.compress(b"x" * 1000, mtime=0)[:3] + b"\xff" * 20, "files.damaged"),
    ],
)
def test_what_is_not_taken_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        judged(content)
    assert refusal.value.code == code


def test_bombs_are_counted_while_they_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LARGEST_UNPACKED", 1_000_000)
    zeros = b"\0" * 3_000_000
    liar = bytearray(archive(a=zeros))
    size_at = liar.rindex(b"PK\x01\x02") + 24
    liar[size_at : size_at + 4] = struct.pack("<I", 10)
    for bomb in (archive(a=zeros), gzip.compress(zeros, mtime=0), zlib.compress(zeros, wbits=31)):
        with pytest.raises(Invalid) as refusal:
            judged(bomb)
        assert refusal.value.code == "files.bomb"
    with pytest.raises(Invalid):
        judged(bytes(liar))


def test_an_archive_of_too_many_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_MEMBERS", 2)
    with pytest.raises(Invalid):
        judged(archive(a=b"", b=b"", c=b""))


SEEDS = [
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF1234WEBP",
    b"GIF89a",
    b"%PDF-",
    b"\xff\xd8\xff\xe0\0\0",
]


@given(st.sampled_from(SEEDS), st.binary(max_size=300))
def test_whatever_is_sent_the_answer_is_a_type_or_a_refusal(start: bytes, rest: bytes) -> None:
    assert outcome(start + rest).startswith(TYPES_AND_REFUSALS)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_archive_is_refused_or_read(at: int, byte: int) -> None:
    content = bytearray(archive(a=b"hello" * 20, word__document=b"x" * 50))
    content[at % len(content)] = byte
    assert outcome(bytes(content)).startswith(TYPES_AND_REFUSALS)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\表.xlsx", "表.xlsx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_are_made_safe(given_name: str, kept: str) -> None:
    assert rules.safe_name(given_name) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_one_without_path(name: str) -> None:
    safe = rules.safe_name(name)
    assert 0 < len(safe) <= 150
    assert not set(safe) & set("/\\\r\n\0")
