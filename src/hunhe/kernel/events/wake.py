"""A bell between processes of one machine: a FIFO in the data folder. It carries no data; a missed ring costs half a second."""

import contextlib
import os
import select
from pathlib import Path

from django.conf import settings

from hunhe.stone.paths import DataFolder


def _path() -> Path:
    folder: DataFolder = settings.HUNHE_VAR
    return folder.root / "worker.bell"


def ring() -> None:
    """Wake the worker if one listens. Never fails, never waits."""
    with contextlib.suppress(OSError):
        bell = os.open(_path(), os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(bell, b"!")
        finally:
            os.close(bell)


class Bell:
    """The listening end. Use as a context manager."""

    def __enter__(self) -> "Bell":
        path = _path()
        with contextlib.suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        self._end = os.open(path, os.O_RDWR | os.O_NONBLOCK)  # also as writer, so that it never reads end-of-file
        return self

    def __exit__(self, *exc: object) -> None:
        os.close(self._end)

    def wait(self, seconds: float) -> bool:
        """Sleep until rung or the time is over; swallows all rings so far."""
        if not select.select([self._end], [], [], seconds)[0]:
            return False
        with contextlib.suppress(BlockingIOError):
            while len(os.read(self._end, 4096)) == 4096:
                pass
        return True
