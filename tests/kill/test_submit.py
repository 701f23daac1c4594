"""kill -9 while people send their applications: what was acknowledged is there, once; what was not can be sent again."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.kill.test_kill import REPOSITORY, database, free_port, kill, start

ELDERS = 60
CSRF = "a" * 32
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "var").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUNHE_")}
    found = {**kept, "HUNHE_VAR": str(tmp_path / "var"), "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=found, check=True)
    return found


def serve(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = ("granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "hunhe.house.asgi:application")
    return start(environment, *command)


async def submit(client: httpx.AsyncClient, draft: str, session: str) -> str | None:
    """The case's number if the city said yes, None if it could not say anything."""
    headers = {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF, "Idempotency-Key": draft}
    try:
        answer = await client.post(f"/api/v1/service/drafts/{draft}/submit", headers=headers)
    except httpx.HTTPError:
        return None
    assert answer.status_code < 400 or answer.status_code >= 500, answer.text
    return str(answer.json()["number"]) if answer.is_success else None


async def _until_up(client: httpx.AsyncClient) -> None:
    for _ in range(300):
        with contextlib.suppress(httpx.HTTPError):
            if (await client.get("/healthz")).status_code == 200:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the server did not come up")


async def send_all(base: str, sessions: dict[str, str], victim: subprocess.Popen[bytes] | None, after: int) -> dict[str, str]:
    """Everybody sends at once; the server dies when so many were acknowledged."""
    acknowledged: dict[str, str] = {}

    async def one(client: httpx.AsyncClient, draft: str, session: str) -> None:
        number = await submit(client, draft, session)
        if number is not None:
            acknowledged[draft] = number
        if victim is not None and len(acknowledged) == after:
            kill(victim)

    async with httpx.AsyncClient(base_url=base, timeout=30, limits=httpx.Limits(max_connections=8)) as client:
        await _until_up(client)
        await asyncio.gather(*(one(client, draft, session) for draft, session in sessions.items()))
    return acknowledged


def _kept(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT draft.id, application.number FROM service_draft draft JOIN service_application application USING (case_id)"
    )
    return dict(rows.fetchall())


def test_what_was_acknowledged_is_there_once(environment: dict[str, str]) -> None:
    filled = subprocess.run(
        [sys.executable, "-m", "tests.kill.elders", str(ELDERS)],
        cwd=REPOSITORY,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    sessions = json.loads(filled.stdout.splitlines()[-1])
    port = free_port()
    server = serve(environment, port)
    first = asyncio.run(send_all(f"http://127.0.0.1:{port}", sessions, server, ELDERS // 3))
    assert ELDERS // 3 <= len(first) < ELDERS
    with database(environment) as connection:
        kept = _kept(connection)
    assert {draft: kept.get(draft) for draft in first} == first, "acknowledged, so it is there"
    port = free_port()
    server = serve(environment, port)
    try:
        second = asyncio.run(send_all(f"http://127.0.0.1:{port}", sessions, None, 0))
    finally:
        kill(server)
    assert set(second) == set(sessions), "whoever heard nothing sends again"
    assert {draft: second[draft] for draft in kept} == kept, "and gets the same case"
    with database(environment) as connection:
        cases, applications = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("flow_case", "service_application")
        )
    assert cases == applications == ELDERS
