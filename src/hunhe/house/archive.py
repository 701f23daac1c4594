"""The file of a backup: a manifest, the database, the data folder and perhaps the keys, as a small tar in a sealed stream."""

import gzip
import os
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from hunhe.stone.errors import Invalid, Unavailable, msgid
from hunhe.stone.sealed import open_stream, seal_stream

FORMAT = 1
MANIFEST, SQLITE, POSTGRES, KEYS, DATA = "manifest.json", "database.sqlite", "database.pgdump", "keys", "data"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. made_at: ISO 8601. entries: how many the log had; a restored city knows at least these."""

    format: int
    hunhe: str
    city: str
    code: str
    made_at: str
    database: Literal["sqlite", "postgresql"]
    entries: int
    with_keys: bool


def pack(place: Path, target: IO[bytes], recipients: Sequence[str]) -> None:
    """The parts that lie in `place`, sealed into `target`."""

    def write(sink: IO[bytes]) -> None:
        with (
            gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=1) as small,
            tarfile.open(fileobj=small, mode="w|") as archive,
        ):
            for name in (MANIFEST, SQLITE, POSTGRES, KEYS, DATA):
                if (place / name).exists():
                    archive.add(place / name, name)

    with _piped(write) as packed:
        seal_stream(packed, target, recipients)


def unpack(source: IO[bytes], place: Path, secret: str) -> None:
    """The parts of a sealed file into `place`. Invalid, with `place` half filled, when it does not open or is not whole."""
    with _piped(lambda sink: open_stream(source, sink, secret)) as packed:
        try:
            with gzip.GzipFile(fileobj=packed, mode="rb") as small, tarfile.open(fileobj=small, mode="r|") as archive:
                archive.extractall(place, filter="data")
        except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
            raise Invalid("house.backup.damaged", msgid("This file is no backup, or it is not complete.")) from error


def run_tool(*command: str) -> None:
    """A program of PostgreSQL's; Unavailable with what it said when it fails."""
    program = shutil.which(command[0])
    if program is None:
        raise Unavailable("house.backup.tool", msgid("%(tool)s is missing: install postgresql-client."), tool=command[0])
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode:
        said = done.stderr.strip()[-500:]
        raise Unavailable("house.backup.tool_failed", msgid("%(tool)s said: %(text)s"), tool=command[0], text=said)


@contextmanager
def _piped(write: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """What `write` writes in a thread of its own, to be read here. What it raises comes before what its reader makes of the rest."""
    reading, writing = os.pipe()
    failures: list[Exception] = []

    def work() -> None:
        try:
            with os.fdopen(writing, "wb") as sink:
                write(sink)
        except Exception as failure:  # handed over to the thread that waits
            failures.append(failure)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as source:
            yield source
    finally:
        thread.join()
        if failures and not _is_broken_pipe(failures[0]):
            raise failures[0]


def _is_broken_pipe(failure: BaseException | None) -> bool:
    """Whether the writer only failed because its reader had gone."""
    while failure is not None and not isinstance(failure, BrokenPipeError):
        failure = failure.__cause__
    return failure is not None
