"""What may be stored: type by content, sizes, bombs. Pure: reads a seekable stream, writes nothing.

Refused whatever their name says: programs, scripts, HTML and SVG (a browser would run them), archives that unpack to far more
than they are, pictures too large to show.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from typing import IO

from hunhe.stone.errors import Invalid, msgid

LARGEST = 50 * 1024 * 1024
LARGEST_UNPACKED = 512 * 1024 * 1024
MOST_MEMBERS = 10_000
MOST_PIXELS = 50_000_000
_BLOCK = 1024 * 1024
_HEAD = 4096
_NAME_LENGTH = 150

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"PAR1", "application/vnd.apache.parquet"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe")
_RUNS_IN_A_BROWSER = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|script|iframe|svg|object|embed)\b", re.IGNORECASE)
_OFFICE = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("OFD.xml", "application/ofd"),
)


def media_type_of(content: IO[bytes]) -> str:
    """The media type of what the stream holds, found in its bytes; Invalid for what is not stored here."""
    head = _head(content)
    if not head:
        raise Invalid("files.empty", msgid("The file is empty."))
    if head.startswith(_PROGRAMS):
        raise _not_taken()
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _checked_picture("image/webp", head)
    media_type = next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)
    if media_type is None:
        return _text_type(head)
    if media_type == "application/zip":
        return _checked_archive(content)
    if media_type == "application/gzip":
        _check_gzip(content)
    return _checked_picture(media_type, _whole_head(content)) if media_type.startswith("image/") else media_type


def safe_name(name: str) -> str:
    """A name to show and to save under: no path, no control or direction marks, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"
    return shown[:_NAME_LENGTH] or "file"


def _head(content: IO[bytes]) -> bytes:
    content.seek(0)
    return content.read(_HEAD)


def _whole_head(content: IO[bytes]) -> bytes:
    content.seek(0)
    return content.read(256 * 1024)


def _text_type(head: bytes) -> str:
    """Text in UTF-8 or GB 18030, by its first bytes; a cut last character is forgiven."""
    if b"\0" in head:
        raise _not_taken()
    text = _decoded(head)
    if text is None:
        raise _not_taken()
    if _RUNS_IN_A_BROWSER.search(text):
        raise _not_taken()
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return "application/json"
    if start.startswith("<?xml"):
        return "application/xml"
    lines = [line for line in start.splitlines()[:5] if line]
    commas = {line.count(",") for line in lines[:-1] or lines}
    return "text/csv" if min(commas, default=0) > 0 else "text/plain"


def _decoded(head: bytes) -> str | None:
    for encoding, longest in (("utf-8", 4), ("gb18030", 4)):
        for cut in range(longest if len(head) == _HEAD else 1):
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _checked_archive(content: IO[bytes]) -> str:
    """Unpacks every member to nowhere, counting: what a header claims is not believed."""
    content.seek(0)
    unpacked = 0
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise _bomb()
            for member in members:
                if member.flag_bits & 1:
                    raise Invalid("files.encrypted", msgid("The archive is locked with a password. Send it open."))
                with archive.open(member) as part:
                    while block := part.read(_BLOCK):
                        unpacked += len(block)
                        if unpacked > LARGEST_UNPACKED:
                            raise _bomb()
            names = [member.filename for member in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise _damaged() from error
    return next((kind for mark, kind in _OFFICE if any(name.startswith(mark) for name in names)), "application/zip")


def _check_gzip(content: IO[bytes]) -> None:
    content.seek(0)
    unpacker, unpacked = zlib.decompressobj(wbits=31), 0
    try:
        while block := content.read(_BLOCK):
            while block:
                unpacked += len(unpacker.decompress(block, _BLOCK))
                block = unpacker.unconsumed_tail
                if unpacked > LARGEST_UNPACKED:
                    raise _bomb()
    except zlib.error as error:
        raise _damaged() from error


def _checked_picture(media_type: str, head: bytes) -> str:
    """The picture's type, if it says how large it is and that can be shown."""
    try:
        width, height = _READERS[media_type](head)
    except (struct.error, IndexError) as error:
        raise _damaged() from error
    if not 0 < width * height <= MOST_PIXELS:
        raise _bomb()
    return media_type


def _png_size(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _gif_size(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", head, 6)
    return width, height


def _jpeg_size(head: bytes) -> tuple[int, int]:
    """From the first frame header; every segment before it is stepped over."""
    at = 2
    while True:
        marker, kind, length = struct.unpack_from(">BBH", head, at)
        if marker != 0xFF:
            raise IndexError(at)
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + length


def _webp_size(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


_READERS = {"image/png": _png_size, "image/gif": _gif_size, "image/jpeg": _jpeg_size, "image/webp": _webp_size}


def too_large(limit: int) -> Invalid:
    return Invalid(
        "files.too_large", msgid("The file is larger than %(limit)s MB. Send a smaller one."), limit=limit // (1024 * 1024)
    )


def _not_taken() -> Invalid:
    return Invalid(
        "files.type", msgid("Files of this kind are not taken. Send a PDF, a picture, a text, a table or a document.")
    )


def _damaged() -> Invalid:
    return Invalid("files.damaged", msgid("The file is damaged or cut off. Send it again."))


def _bomb() -> Invalid:
    return Invalid("files.bomb", msgid("The file unpacks to more than can be handled. Send it in smaller parts."))
