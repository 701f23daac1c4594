"""kill -9 while people report: what was acknowledged is there once, with its case, and what was not can be said again."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A city folder of its own on SQLite with the reference city's content."""
    place = tmp_path_factory.mktemp("kill_reports")
    (place / "var").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUNHE_")}
    found = {**kept, "HUNHE_VAR": str(place / "var"), "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    found["HUNHE_CITY"] = str(REPOSITORY / "cities" / "shenyang")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=found, check=True)
    subprocess.run([sys.executable, "-m", "hunhe.cli", "city", "apply"], cwd=REPOSITORY, env=found, check=True)
    return found


def _round(environment: dict[str, str], first: int, enough: int, seconds: float) -> dict[int, tuple[str, str]]:
    """Report until killed, some time after `enough` were acknowledged; what was."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kill.reporters", str(first)],
        cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    found: dict[int, tuple[str, str]] = {}
    timer: threading.Timer | None = None
    for line in process.stdout:
        parts = line.split()
        if len(parts) == 3 and line.endswith("\n"):
            found[int(parts[0])] = (parts[1], parts[2])
        if timer is None and len(found) >= enough:
            timer = threading.Timer(seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
            timer.start()
    process.wait()
    return found


def test_what_was_acknowledged_is_there_once(environment: dict[str, str]) -> None:
    acknowledged: dict[int, tuple[str, str]] = {}
    for _ in range(3):
        again = max(0, max(acknowledged, default=0) - 2)
        found = _round(environment, again, 10, random.uniform(0.1, 1.0))
        for number in acknowledged.keys() & found.keys():
            assert acknowledged[number] == found[number], "said again is the same report"
        acknowledged |= found
    assert len(acknowledged) > 20
    with contextlib.closing(sqlite3.connect(Path(environment["HUNHE_VAR"]) / "hunhe.sqlite")) as database:
        reports = database.execute("SELECT key, id, problem_id FROM governance_report").fetchall()
        problems = database.execute("SELECT id, reports FROM governance_problem").fetchall()
        cases = database.execute("SELECT id FROM flow_case WHERE procedure_code = 'street_problem'").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    stored = {int(key.split()[1]): (report, problem) for key, report, problem in reports}
    assert len(stored) == len(reports)
    assert acknowledged.items() <= stored.items()
    assert {case for (case,) in cases} == {problem for problem, _ in problems}
    for problem, count in problems:
        assert count == sum(1 for _, _, of in reports if of == problem)
