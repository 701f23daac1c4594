"""`bench exchange`: the governed call against the bare lane on the same server in the same run."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.conf import settings

from hunhe.hub.exchange import models
from hunhe.hub.exchange.bench_app import BARE
from hunhe.hub.exchange.bench_city import CASED, FREE, BenchCity, make_bench_city

APPLICATION = "hunhe.hub.exchange.bench_app:application"
CONNECTIONS = 256
_TOO_FAST = 60_000
"""More requests a second than the server can answer: the server is never idle."""


def bench_exchange(seconds: float = 5.0) -> list[dict[str, Any]]:
    """Answered calls a second, with and without a case, each receipt on disk; floor: the bare lane. Two processes, one server worker.

    Each rate is measured twice, interleaved with the floor, and the better kept; p99 is taken at half the rate reached.
    """
    city = make_bench_city()
    with serving() as port:
        drive(port, BARE, city, "", seconds=1.0, rate=2_000)
        best: dict[str, dict[str, Any]] = {}
        for name in ("bare", "free", "cased") * 2:
            path, purpose = _target(name, city)
            run = drive(port, path, city, purpose, seconds=seconds, rate=_TOO_FAST)
            if name not in best or _rate(run) > _rate(best[name]):
                best[name] = run
        calm = {
            name: drive(port, *_with_city(name, city), seconds=seconds, rate=_rate(best[name]) / 2)
            for name in ("free", "cased")
        }
    floor = _rate(best["bare"])
    _check_on_disk(best, calm)
    return [_line(name, best, calm, floor) for name in ("free", "cased")]


@contextlib.contextmanager
def serving(application: str = APPLICATION) -> Iterator[int]:
    """The measured server in a process of its own on the data folder at hand; gives its port."""
    port = free_port()
    process = start_server(application, port, settings.HUNHE_VAR.root, settings.HUNHE_KEYS)
    try:
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_server(
    application: str, port: int, folder: Path, keys: Path, before: tuple[str, ...] = ()
) -> "subprocess.Popen[bytes]":
    """Granian with one worker, in a process group of its own; returns once it answers. before: a command that starts it (strace)."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--no-access-log", "--log-level", "warning", application]
    environment = {**os.environ, "HUNHE_VAR": str(folder), "HUNHE_KEYS": str(keys)}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen([*before, *command], env=environment, start_new_session=True)  # noqa: S603  # our own command
    _wait_for(port, process)
    return process


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}{BARE}", data=b"{}", timeout=2):  # our own server
            return
        time.sleep(0.1)
    raise RuntimeError("the measured server did not come up")


def drive(
    port: int, path: str, city: BenchCity, purpose: str, *, seconds: float, rate: float, keep: bool = False, keys: str = ""
) -> dict[str, Any]:
    """One run of the client process. keys: prefix of idempotency keys, one for each distinct request; without it none are sent."""
    plan = {
        "port": port,
        "path": path,
        "headers": {"Authorization": f"Bearer {city.token}", "Content-Type": "application/json"},
        "bodies": bodies(city, purpose, keys),
        "rate": rate,
        "seconds": seconds,
        "connections": CONNECTIONS,
        "keep": keep,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        command = [sys.executable, "-m", "hunhe.hub.exchange.bench_client", file.name]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        done = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603  # our own command
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def bodies(city: BenchCity, purpose: str, keys: str = "", count: int = 0) -> list[dict[str, str]]:
    """Distinct requests: each about another person, with that person's case where the purpose demands one."""
    people = len(city.cases) if purpose == CASED else count or len(city.numbers)
    made = []
    for number in range(people):
        body = {"key": {"id_number": city.numbers[number % len(city.numbers)]}, "purpose": purpose}
        if purpose == CASED:
            body["case"] = city.cases[number]
        made.append({"body": json.dumps(body, ensure_ascii=False), "key": f"{keys}{number}" if keys else ""})
    return made


def _target(name: str, city: BenchCity) -> tuple[str, str]:
    return {
        "bare": (BARE, ""),
        "free": (f"/exchange/v1/{city.service}", FREE),
        "cased": (f"/exchange/v1/{city.service}", CASED),
    }[name]


def _with_city(name: str, city: BenchCity) -> tuple[str, BenchCity, str]:
    path, purpose = _target(name, city)
    return path, city, purpose


def _rate(run: dict[str, Any]) -> float:
    return float(run["good"] / run["seconds"]) if run["seconds"] > 0 else 0.0


def _check_on_disk(*groups: dict[str, dict[str, Any]]) -> None:
    """Every answered call has its row; without that the numbers would mean nothing."""
    answered = sum(run["good"] for group in groups for name, run in group.items() if name != "bare")
    recorded = models.Call.objects.filter(outcome="given").count()
    if recorded < answered:
        raise RuntimeError(f"{answered} calls were answered, {recorded} are recorded")


def _line(name: str, best: dict[str, dict[str, Any]], calm: dict[str, dict[str, Any]], floor: float) -> dict[str, Any]:
    run, quiet = best[name], calm[name]
    value = _rate(run)
    return {
        "bench": "exchange" if name == "free" else "exchange with a case",
        "value": round(value, 1),
        "unit": "calls/s",
        "floor": round(floor, 1),
        "ratio": round(value / floor, 3) if floor else 0.0,
        "detail": f"{os.cpu_count()} cores: one server worker, one client process ({run['cpu']:.1f} s CPU); {CONNECTIONS} connections;"
        f" p99 {quiet['p99'] * 1000:.0f} ms at {_rate(quiet):.0f}/s; {run['good']} receipts on disk; floor: bare lane in the same run",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
