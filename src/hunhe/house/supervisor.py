"""Keeps a city's processes running: children die with the parent, and come back with growing patience."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from hunhe.stone.errors import Unavailable, msgid

_PR_SET_PDEATHSIG = 1
_LONGEST_WAIT = 30.0


@dataclass(slots=True)
class Child:
    """One supervised process. `waits` is the pause before the next start, doubled at each early death."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    waits: float = 0.5
    next_start: float = 0.0


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Supervisor:
    """Starts children, restarts the dead, stops all on leaving. Use as a context manager."""

    logs: Path
    children: list[Child] = field(default_factory=list)

    def __enter__(self) -> "Supervisor":
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def add(self, name: str, command: Sequence[str], **environment: str) -> Child:
        """Start one more child; its output goes to `<logs>/<name>.log`."""
        child = Child(name, command, {**os.environ, **environment}, self.logs / f"{name}.log")
        self.children.append(child)
        self._start(child)
        return child

    def _start(self, child: Child) -> None:
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603  # our own commands
                child.command,
                env=child.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
            )
        child.started = time.monotonic()

    def tend(self) -> None:
        """One round: start again whoever died, if its pause is over."""
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            now = time.monotonic()
            if child.next_start <= child.started:
                child.waits = 0.5 if now - child.started > _LONGEST_WAIT else min(child.waits * 2, _LONGEST_WAIT)
                child.next_start = now + child.waits
            elif now >= child.next_start:
                self._start(child)

    def run(self, until: Callable[[], bool]) -> None:
        """Tend the children until told to stop."""
        while not until():
            self.tend()
            time.sleep(0.3)

    def stop(self) -> None:
        """Ask all to end, last started first; insist after ten seconds."""
        running = [child.process for child in reversed(self.children) if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + 10
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.children.clear()


def web_command(port: int, host: str = "127.0.0.1") -> list[str]:
    """The one web process: lanes and pages."""
    return [sys.executable, "-m", "hunhe.house.serve", "--host", host, "--port", str(port)]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "hunhe.cli", "work"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(base: str, child: Child, seconds: float = 60) -> None:
    """Return when `/healthz` answers; Unavailable with the log's place when it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.process is not None and child.process.poll() is not None:
            break
        with contextlib.suppress(URLError, OSError), urlopen(f"{base}/healthz", timeout=2) as answer:  # noqa: S310  # our own address
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise Unavailable("house.web.not_up", msgid("The web process did not start. Its log: %(log)s"), log=child.log)
