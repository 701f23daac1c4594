"""kill -9 between a move and what follows from it: no half case, nothing acknowledged lost, every reporter told once."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROUNDS, ENOUGH = 3, 8
TOLD = {"file": "Filed", "dispatch": "Somebody is on the way", "near": "Fixed, now being checked"}
DRAIN = """
from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who
while events.run_due(who=Who.system("test"), limit=200): pass
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A city folder of its own on SQLite with the reference city's content."""
    var = tmp_path_factory.mktemp("kill_move") / "var"
    var.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUNHE_")}
    found = {**kept, "HUNHE_VAR": str(var), "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    found["HUNHE_CITY"] = str(REPOSITORY / "cities" / "shenyang")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=found, check=True)
    subprocess.run([sys.executable, "-m", "hunhe.cli", "city", "apply"], cwd=REPOSITORY, env=found, check=True)
    return found


def _round(environment: dict[str, str], first: int) -> list[tuple[int, str, str, int]]:
    """Work until killed, some moment after enough was acknowledged; what was: number, move, problem, version."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kill.fixers", str(first)],
        cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    found: list[tuple[int, str, str, int]] = []
    timer: threading.Timer | None = None
    for line in process.stdout:
        parts = line.split()
        if len(parts) == 4 and line.endswith("\n"):
            found.append((int(parts[0]), parts[1], parts[2], int(parts[3])))
        if timer is None and len(found) >= ENOUGH:
            timer = threading.Timer(random.uniform(0.01, 0.4), lambda: os.killpg(process.pid, signal.SIGKILL))
            timer.start()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    return found


def test_no_half_move_and_nothing_acknowledged_lost(environment: dict[str, str]) -> None:
    acknowledged: dict[tuple[int, str], tuple[str, int]] = {}
    again = 0
    for _ in range(ROUNDS):
        for number, move, problem, rev in _round(environment, again):
            known, before = acknowledged.setdefault((number, move), (problem, rev))
            assert known == problem, "said again is the same problem, as it stands now"
            assert rev >= before
        again = max(number for number, _ in acknowledged)
    _whole(environment, acknowledged)
    subprocess.run([sys.executable, "manage.py", "shell", "-c", DRAIN], cwd=REPOSITORY, env=environment, check=True)
    _told_once(environment)


def _database(environment: dict[str, str]) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(Path(environment["HUNHE_VAR"]) / "hunhe.sqlite"))


def _whole(environment: dict[str, str], acknowledged: dict[tuple[int, str], tuple[str, int]]) -> None:
    """Case, history, map and photos agree; each acknowledged move stands in the history, each key once."""
    with _database(environment) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        problems = database.execute(
            "SELECT p.id, p.stage, p.rev, c.stage, c.rev FROM governance_problem p JOIN flow_case c ON c.id = p.id"
        ).fetchall()
        moves = database.execute("SELECT case_id, move, key FROM flow_event WHERE what = 'moved'").fetchall()
        after = database.execute("SELECT problem_id FROM governance_photo WHERE role = 'after' AND problem_id IS NOT NULL")
        photos = Counter(problem for (problem,) in after.fetchall())
    assert problems
    taken = Counter((case, move) for case, move, _ in moves)
    assert max(taken.values()) == 1
    for (_, move), (problem, _) in acknowledged.items():
        assert taken[problem, move], "acknowledged, so it is there"
    for problem, stage, rev, case_stage, case_rev in problems:
        assert (stage, rev) == (case_stage, case_rev), "the map says what the case says"
        assert stage in ("report", "fix", "check"), "never half a move: a fix is compared in the same breath"
        assert taken[problem, "near"] == taken[problem, "fix"] == photos[problem]
        assert taken[problem, "file"] == taken[problem, "dispatch"], "filed and sent together or not at all"


def _told_once(environment: dict[str, str]) -> None:
    """After the next start what follows from each move happens, once."""
    with _database(environment) as database:
        moves = database.execute("SELECT move FROM flow_event WHERE what = 'moved'").fetchall()
        notices = database.execute("SELECT title FROM notify_notice WHERE audience LIKE 'account:acc_c%'").fetchall()
        left = database.execute("SELECT count(*) FROM events_delivery WHERE state != 'done'").fetchone()
    assert left == (0,)
    done, told = Counter(move for (move,) in moves), Counter(title.split(":")[0] for (title,) in notices)
    for move, title in TOLD.items():
        assert told[title] == done[move] > 0
