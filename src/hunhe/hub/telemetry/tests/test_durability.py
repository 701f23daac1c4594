"""kill -9 in the middle of a burst: what was acknowledged is there after restart, exactly once; and the flush comes before the reply."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from hunhe.hub.telemetry.tests.scene import hour

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CALLERS, DELIVERIES, AT_ONCE = 8, 40, 20


@dataclass(frozen=True)
class Apart:
    """A prepared city that no other test knows."""

    folder: Path
    source: str = ""
    token: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUNHE_") or name == "HUNHE_CITY"}
        path = os.pathsep.join(entry for entry in sys.path if entry)
        return {**kept, "PYTHONPATH": path, "HUNHE_VAR": str(self.folder), "DJANGO_SETTINGS_MODULE": "hunhe.house.settings"}

    def python(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", *command], env=self.environment, capture_output=True, text=True, check=False
        )

    def prepare(self) -> "Apart":
        applied = self.python("hunhe.cli", "city", "apply", "--var", str(self.folder))
        assert applied.returncode == 0, applied.stderr[-2000:]
        made = self.python("hunhe.hub.telemetry.tests.apart")
        assert made.returncode == 0, made.stderr[-2000:]
        return Apart(self.folder, **json.loads(made.stdout))

    @contextmanager
    def server(self, *before: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
        """The whole city's web process, as the supervisor starts it."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--workers", "1", "--no-access-log", "--log-level", "warning", "hunhe.house.asgi:application"]
        process = subprocess.Popen([*before, *command], env=self.environment, start_new_session=True)
        base = f"http://127.0.0.1:{port}"
        try:
            _wait_for(base, process)
            yield base, process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def send(self, base: str, caller: int, number: int) -> dict[str, Any]:
        first = (caller * DELIVERIES + number) * AT_ONCE
        readings = [
            {"site": "PM_A", "metric": "pm25", "at": hour(first + step), "value": (first + step) % 400}
            for step in range(AT_ONCE)
        ]
        request = Request(
            f"{base}/telemetry/v1/batches", data=json.dumps({"source": self.source, "readings": readings}).encode()
        )
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Idempotency-Key", f"{caller}-{number}")
        with urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


def _wait_for(base: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urlopen(f"{base}/healthz", timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError("the city did not come up")


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Apart:
    return Apart(tmp_path_factory.mktemp("telemetry") / "var").prepare()


def test_what_was_acknowledged_is_there_after_a_kill_exactly_once(apart: Apart) -> None:
    acknowledged: dict[tuple[int, int], dict[str, Any]] = {}
    enough = threading.Event()

    def call(base: str, caller: int) -> None:
        for number in range(DELIVERIES):
            try:
                acknowledged[caller, number] = apart.send(base, caller, number)
            except (URLError, ConnectionError, TimeoutError):
                return
            if len(acknowledged) >= CALLERS * DELIVERIES // 4:
                enough.set()

    with apart.server() as (base, process):
        callers = [threading.Thread(target=call, args=(base, caller)) for caller in range(CALLERS)]
        for thread in callers:
            thread.start()
        assert enough.wait(120)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for thread in callers:
            thread.join()
    assert 0 < len(acknowledged) < CALLERS * DELIVERIES, "the city must die in the middle"
    with apart.server() as (base, _):
        again = {
            (caller, number): apart.send(base, caller, number) for caller in range(CALLERS) for number in range(DELIVERIES)
        }
    for name, reply in acknowledged.items():
        assert again[name] == {**reply, "repeated": True}
    with contextlib.closing(sqlite3.connect(apart.folder / "hunhe.sqlite")) as database:
        query = "SELECT count(*), count(DISTINCT at) FROM telemetry_reading WHERE at < (SELECT min(at) + 60 * ? FROM telemetry_reading)"
        rows = database.execute(query, (CALLERS * DELIVERIES * AT_ONCE,)).fetchone()
        assert rows == (CALLERS * DELIVERIES * AT_ONCE,) * 2
        sent = [f"{caller}-{number}" for caller in range(CALLERS) for number in range(DELIVERIES)]
        kept = [key for (key,) in database.execute("SELECT key FROM telemetry_batch") if key in set(sent)]
        assert sorted(kept) == sorted(sent)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    verified = apart.python("hunhe.cli", "verify", "--var", str(apart.folder))
    assert verified.returncode == 0, verified.stdout
    assert "ok   telemetry.warnings.true" in verified.stdout


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_flush_comes_before_the_reply(apart: Apart, tmp_path: Path) -> None:
    seen = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,recvfrom,read,sendto,write,writev,sendmsg"
    with apart.server("strace", "-f", "-s", "600", "-e", calls, "-o", str(seen)) as (base, _):
        code = apart.send(base, 900, 0)["batch"]
    lines = seen.read_text(errors="replace").splitlines()
    asked = next(
        number for number, line in enumerate(lines) if "POST /telemetry/v1" in line and re.search(r"recvfrom|read\(", line)
    )
    replied = next(
        number
        for number, line in enumerate(lines)
        if code in line and "HTTP/1.1 200" in line and re.search(r"send(to|msg)|writev?\(", line)
    )
    flushed = [
        number for number, line in enumerate(lines) if re.search(r"f(data)?sync\(\d+\)\s+= 0|f(data)?sync resumed.*= 0", line)
    ]
    assert any(asked < number < replied for number in flushed)
