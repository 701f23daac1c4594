"""kill -9 in the middle: nothing acknowledged is lost, nothing happens twice."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LIGHT, HEAVY, EVENTS = 150, 4, 60  # as in crew
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A city folder of its own on SQLite, migrated."""
    place = tmp_path_factory.mktemp("kill")
    (place / "var").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUNHE_")}
    found = {**kept, "HUNHE_VAR": str(place / "var"), "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=found, check=True)
    return found


@contextmanager
def database(environment: dict[str, str]) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(Path(environment["HUNHE_VAR"]) / "hunhe.sqlite", timeout=20)) as connection:
        yield connection


def start(environment: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *command], cwd=REPOSITORY, env=environment, start_new_session=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The process and all it started, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def burst(base: str, name: str, seconds: float, victim: subprocess.Popen[bytes]) -> dict[str, dict[str, object]]:
    """Send as fast as 32 callers can; kill the server meanwhile; return what was acknowledged."""
    acknowledged: dict[str, dict[str, object]] = {}

    async def call(client: httpx.AsyncClient, caller: int) -> None:
        for number in range(100_000):
            item = f"{name}-{caller}-{number}"
            try:
                answer = await client.post(base, content=item)
            except httpx.HTTPError:
                return
            if answer.status_code == 200:
                acknowledged[item] = answer.json()

    async with httpx.AsyncClient(timeout=20, limits=httpx.Limits(max_connections=32)) as client:
        await _until_up(client, base, name)
        tasks = [asyncio.create_task(call(client, caller)) for caller in range(32)]
        await asyncio.sleep(seconds)
        kill(victim)
        await asyncio.gather(*tasks)
    return acknowledged


async def _until_up(client: httpx.AsyncClient, base: str, name: str) -> None:
    for attempt in range(400):
        with contextlib.suppress(httpx.HTTPError):
            if (await client.post(base, content=f"{name}-up-{attempt}")).status_code == 200:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the server did not come up")


def test_no_acknowledged_entry_is_lost_or_doubled(environment: dict[str, str]) -> None:
    acknowledged: dict[str, dict[str, object]] = {}
    for round_number in range(3):
        port = free_port()
        server = start(
            environment,
            "granian",
            "--interface",
            "asgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "tests.kill.burst:application",
        )
        acknowledged |= asyncio.run(burst(f"http://127.0.0.1:{port}/", f"r{round_number}", random.uniform(1.0, 2.5), server))
    assert len(acknowledged) > 100
    with database(environment) as connection:
        rows = connection.execute("SELECT object, entry_id, leaf_index, leaf_hash FROM audit_entry").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    stored = {row[0]: row[1:] for row in rows}
    assert max(Counter(row[0] for row in rows).values()) == 1
    for item, receipt in acknowledged.items():
        entry_id, index, leaf = stored[item]
        assert (entry_id, index, leaf.hex()) == (receipt["entry_id"], receipt["index"], receipt["leaf_hash"])
    verified = subprocess.run(
        [sys.executable, "-m", "hunhe.cli", "verify"], cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout
    assert f"{len(rows)} entries are what their leaves committed to" in verified.stdout


def test_jobs_and_deliveries_survive_their_worker_and_happen_once_in_order(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "tests.kill.crew", "fill"], cwd=REPOSITORY, env=environment, check=True)
    for _ in range(3):
        worker = start(environment, "tests.kill.crew", "work")
        time.sleep(random.uniform(3.0, 5.0))
        kill(worker)
    worker = start(environment, "tests.kill.crew", "work")
    try:
        _wait_until_done(environment)
    finally:
        worker.terminate()
        assert worker.wait(timeout=30) == 0
    with database(environment) as connection:
        effects = [row[0] for row in connection.execute("SELECT session_data FROM django_session ORDER BY rowid")]
    expected = {f"light {n}" for n in range(LIGHT)} | {f"heavy {n}" for n in range(HEAVY)}
    expected |= {f"event a{n % 3} {n}" for n in range(EVENTS)}
    assert Counter(effects) == Counter(expected)
    for aggregate in ("a0", "a1", "a2"):
        heard = [int(effect.split()[2]) for effect in effects if effect.startswith(f"event {aggregate} ")]
        assert heard == sorted(heard)


def _wait_until_done(environment: dict[str, str]) -> None:
    query = "SELECT (SELECT count(*) FROM events_job WHERE state != 'done') + (SELECT count(*) FROM events_delivery WHERE state != 'done')"
    for _ in range(600):
        with database(environment) as connection:
            if connection.execute(query).fetchone()[0] == 0:
                return
        time.sleep(0.2)
    raise AssertionError("work was left undone")
