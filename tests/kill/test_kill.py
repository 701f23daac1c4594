"""kill -9 in the middle: nothing acknowledged is lost, nothing happens twice."""

import asyncio
import contextlib
import json
import os
import random
import re
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
ENOUGH = 50
"""Replies before the server may be killed: it must have been at work."""
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
    """Send as fast as 32 callers can; kill the server `seconds` after enough came back; return what was acknowledged."""
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
        for _ in range(600):
            if len(acknowledged) >= ENOUGH:
                break
            await asyncio.sleep(0.1)
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
    assert max(Counter(row[0] for row in rows if re.match(r"r\d-", row[0])).values()) == 1
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
    for share in (0.2, 0.4, 0.6):
        worker = start(environment, "tests.kill.crew", "work")
        _wait_for_effects(environment, round(share * (LIGHT + HEAVY + EVENTS)))
        kill(worker)
    assert _left_undone(environment) > 0, "the last worker must have something to do"
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


def _left_undone(environment: dict[str, str]) -> int:
    query = "SELECT (SELECT count(*) FROM events_job WHERE state != 'done') + (SELECT count(*) FROM events_delivery WHERE state != 'done')"
    with database(environment) as connection:
        return int(connection.execute(query).fetchone()[0])


def _wait_until_done(environment: dict[str, str]) -> None:
    for _ in range(600):
        if _left_undone(environment) == 0:
            return
        time.sleep(0.2)
    raise AssertionError("work was left undone")


def _wait_for_effects(environment: dict[str, str], number: int) -> None:
    for _ in range(3000):
        with database(environment) as connection:
            if connection.execute("SELECT count(*) FROM django_session").fetchone()[0] >= number:
                return
        time.sleep(0.02)
    raise AssertionError("the worker did nothing")


async def scan_all(base: str, gate: dict[str, object], victim: subprocess.Popen[bytes]) -> dict[str, dict[str, object]]:
    """32 callers scan the codes, each once; the server is killed meanwhile; what passed, by code."""
    passed: dict[str, dict[str, object]] = {}
    codes = iter(list(gate["codes"]))  # type: ignore[call-overload]  # a list of texts

    async def call(client: httpx.AsyncClient) -> None:
        for code in codes:
            try:
                answer = await client.post("/code/v1/scan", json={"payload": code, "terminal": gate["terminal"]})
            except httpx.HTTPError:
                return
            if answer.status_code == 200:
                passed[code] = answer.json()["receipt"]

    headers = {"Authorization": f"Bearer {gate['secret']}"}
    async with httpx.AsyncClient(base_url=base, timeout=20, headers=headers, limits=httpx.Limits(max_connections=32)) as client:
        tasks = [asyncio.create_task(call(client)) for _ in range(32)]
        while len(passed) < 60:
            await asyncio.sleep(0.01)
        kill(victim)
        await asyncio.gather(*tasks)
    return passed


async def scan_again(base: str, gate: dict[str, object], codes: list[str]) -> set[str]:
    """What a city that has come up again says to codes that had passed."""
    headers = {"Authorization": f"Bearer {gate['secret']}"}
    said = set()
    async with httpx.AsyncClient(base_url=base, timeout=20, headers=headers) as client:
        for code in codes:
            answer = await client.post("/code/v1/scan", json={"payload": code, "terminal": gate["terminal"]})
            said.add(answer.json()["code"])
    return said


def test_no_scan_that_passed_is_lost_or_passes_again(environment: dict[str, str]) -> None:
    city = environment | {"HUNHE_CITY": str(REPOSITORY / "cities" / "shenyang"), "HUNHE_DEMO": "1"}

    def serve() -> tuple[str, subprocess.Popen[bytes]]:
        port = free_port()
        options = ["--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
        server = start(city, "granian", *options, "hunhe.house.asgi:application")
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200:
                    return f"http://127.0.0.1:{port}", server
            time.sleep(0.1)
        raise AssertionError("the server did not come up")

    base, server = serve()
    made = subprocess.run(
        [sys.executable, "-m", "tests.kill.gate", "3000"], cwd=REPOSITORY, env=city, capture_output=True, check=True
    )
    gate = json.loads(made.stdout)
    passed = asyncio.run(scan_all(base, gate, server))
    base, server = serve()
    try:
        again = asyncio.run(scan_again(base, gate, list(passed)[:20]))
    finally:
        kill(server)
    assert again <= {"replayed", "expired"}, "expired: the machine took its time to come up"
    with database(environment) as connection:
        scans = dict(connection.execute("SELECT entry_id, id FROM code_scan WHERE outcome = 'passed'"))
        entries = dict(connection.execute("SELECT entry_id, hex(leaf_hash) FROM audit_entry"))
        uses = {row[0] for row in connection.execute("SELECT entry_id FROM exchange_call WHERE channel = 'code'")}
        moments = {row[0] for row in connection.execute("SELECT scan_id FROM code_moment")}
    for receipt in passed.values():
        assert entries[receipt["entry_id"]].lower() == receipt["leaf_hash"]
        assert scans[receipt["entry_id"]] in moments
        assert receipt["entry_id"] in uses
    assert set(scans) <= uses, "a scan without its use"
