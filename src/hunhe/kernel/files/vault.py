"""Contents on disk, each under its digest: written aside, synced, then named. What has a name is whole."""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from hunhe.kernel.audit.shapes import CheckResult
from hunhe.kernel.files import rules
from hunhe.kernel.files.models import StoredFile
from hunhe.stone import ids
from hunhe.stone.crypto import Crypto, profile

_BLOCK = 1024 * 1024
_SETTLED = 60.0
"""Seconds after which a transaction that stored a content has ended."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A content on its way in: complete, synced, judged, not yet named."""

    path: Path
    digest: str
    size: int
    media_type: str


def _crypto() -> Crypto:
    return profile(settings.HUNHE_CRYPTO)


def _folder() -> Path:
    return Path(settings.HUNHE_VAR.files)


def path_of(digest: str) -> Path:
    return _folder() / digest[:2] / digest


@contextmanager
def receive(stream: IO[bytes], limit: int) -> Iterator[Incoming]:
    """Write a stream aside and judge it; gone again at the end unless `keep` was called."""
    waiting = _folder() / "incoming"
    waiting.mkdir(parents=True, exist_ok=True)
    path = waiting / ids.new("in")
    digest, size = _crypto().new_digest(), 0
    try:
        with path.open("w+b") as file:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > limit:
                    raise rules.too_large(limit)
                digest.update(block)
                file.write(block)
            media_type = rules.media_type_of(file)
            file.flush()
            os.fsync(file.fileno())
        yield Incoming(path, digest.digest().hex(), size, media_type)
    finally:
        path.unlink(missing_ok=True)


def keep(incoming: Incoming) -> None:
    """Give a content its lasting name."""
    path = path_of(incoming.digest)
    with contextlib.suppress(FileNotFoundError):
        os.utime(path)  # young again: nobody discards it before this transaction has ended
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    incoming.path.replace(path)
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def discard(digest: str) -> bool:
    """Remove a content that no file names any more; one that somebody is just storing again stays for `sweep`."""
    path = path_of(digest)
    with contextlib.suppress(FileNotFoundError):
        young = time.time() - path.stat().st_mtime < _SETTLED
        if not young and not StoredFile.objects.filter(digest=digest).exists():
            path.unlink()
            return True
    return False


def sweep() -> int:
    """Remove contents of one shelf that no file names: what `discard` left because it was young. Each minute another shelf."""
    shelf = _folder() / f"{int(time.time()) // 60 % 256:02x}"
    digests = {path.name for path in shelf.iterdir()} if shelf.is_dir() else set()
    named = set(StoredFile.objects.filter(digest__in=digests).values_list("digest", flat=True))
    return sum(discard(digest) for digest in digests - named)


def check_digests() -> Sequence[CheckResult]:
    """Each stored content is there and is what its digest says."""
    bad, count = [], 0
    for digest in StoredFile.objects.order_by("digest").values_list("digest", flat=True).distinct().iterator():
        count += 1
        fault = _fault(digest)
        if fault:
            bad.append(f"{digest} {fault}")
    if bad:
        return [
            CheckResult(
                "files.digests", ok=False, detail="; ".join(bad[:20]) + (f"; {len(bad)} in all" if len(bad) > 20 else "")
            )
        ]
    return [CheckResult("files.digests", ok=True, detail=f"{count} contents are what their digests say")]


def _fault(digest: str) -> str | None:
    found = _crypto().new_digest()
    try:
        with path_of(digest).open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
    except FileNotFoundError:
        return "is missing"
    return None if found.digest().hex() == digest else "was changed"
