"""Nothing acknowledged is lost: a server killed in a burst, and the order of flush and reply as the kernel saw it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from hunhe.hub.exchange import bench
from hunhe.hub.exchange.bench_city import FREE, BenchCity

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Apart:
    """A prepared city that no other test knows."""

    folder: Path
    city: BenchCity

    @property
    def keys(self) -> Path:
        return self.folder.with_name(self.folder.name + ".keys")

    def run(self, act: str, said: str = "") -> Any:
        environment = {**_environment(), "HUNHE_KEYS": str(self.keys)}
        command = [sys.executable, "-m", "hunhe.hub.exchange.tests.apart", act, str(self.folder)]
        done = subprocess.run(command, input=said, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    @contextmanager
    def server(self, *before: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
        port = bench.free_port()
        process = bench.start_server(bench.APPLICATION, port, self.folder, self.keys, before)
        try:
            yield port, process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("HUNHE_DATABASE", "HUNHE_VAR")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    folder = tmp_path_factory.mktemp("apart") / "var"
    database = os.environ.pop("HUNHE_DATABASE", None)  # a killed server is tried on the files of its own folder
    try:
        yield Apart(folder, BenchCity(**Apart(folder, BenchCity("", "", (), ())).run("prepare")))
    finally:
        if database is not None:
            os.environ["HUNHE_DATABASE"] = database


def test_every_acknowledged_receipt_outlives_the_server(apart: Apart) -> None:
    path = f"/exchange/v1/{apart.city.service}"
    said: dict[str, Any] = {}

    def burst(port: int, seconds: float, rate: float) -> None:
        said.update(bench.drive(port, path, apart.city, FREE, seconds=seconds, rate=rate, keep=True, keys="burst-"))

    with apart.server() as (port, process):
        client = threading.Thread(target=burst, args=(port, 3.0, 200.0))
        client.start()
        time.sleep(1.5)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        client.join()
    acknowledged = [json.loads(body)["receipt"] for body in said["bodies"]]
    assert 0 < len(acknowledged) < 600, "the server must die in the middle"
    with apart.server() as (port, _):
        burst(port, 3.0, 200.0)
    again = [json.loads(body)["receipt"] for body in said["bodies"]]
    assert len(again) == 600
    entries = {receipt["entry_id"] for receipt in again}
    assert len(entries) == 600
    assert {receipt["entry_id"] for receipt in acknowledged} <= entries
    found = apart.run("prove", json.dumps(sorted(entries)))
    assert found["calls"] == 600
    assert all(found["hashes"][receipt["entry_id"]] == receipt["leaf_hash"] for receipt in [*acknowledged, *again])
    assert found["failed"] == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_flush_comes_before_the_reply(apart: Apart, tmp_path: Path) -> None:
    seen = tmp_path / "trace"
    watch = (
        "strace",
        "-f",
        "-s",
        "600",
        "-e",
        "trace=fdatasync,fsync,recvfrom,read,sendto,write,writev,sendmsg",
        "-o",
        str(seen),
    )
    body = json.dumps({"key": {"id_number": apart.city.numbers[0]}, "purpose": FREE}).encode()
    with apart.server(*watch) as (port, _):
        request = Request(f"http://127.0.0.1:{port}/exchange/v1/{apart.city.service}", data=body)
        request.add_header("Authorization", f"Bearer {apart.city.token}")
        with urlopen(request, timeout=30) as answer:
            entry = json.load(answer)["receipt"]["entry_id"]
    lines = seen.read_text(errors="replace").splitlines()
    asked = next(
        number for number, line in enumerate(lines) if "POST /exchange/v1" in line and re.search(r"recvfrom|read\(", line)
    )
    replied = next(
        number
        for number, line in enumerate(lines)
        if entry in line and re.search(r"send(to|msg)|writev?\(", line) and "HTTP/1.1 200" in line
    )
    flushed = [
        number for number, line in enumerate(lines) if re.search(r"f(data)?sync\(\d+\)\s+= 0|f(data)?sync resumed.*= 0", line)
    ]
    assert any(asked < number < replied for number in flushed)
