"""The whole city day as a user starts it, twice: the second day must find what the first left."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STEPS = ("collect", "base", "exchange", "code", "mydata", "audit")


def play_day(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    report = folder / f"{name}.json"
    command = ["demo", "--once", "--people", "400", "--var", str(folder / "var"), "--json", str(report)]
    environment = {
        name: value for name, value in os.environ.items() if name not in ("HUNHE_VAR", "HUNHE_KEYS", "HUNHE_DATABASE")
    }
    ended = subprocess.run(
        [sys.executable, "-m", "hunhe.cli", *command], env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return {step["id"]: step for step in json.loads(report.read_text())["steps"]}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_day_and_the_same_day_again(tmp_path: Path) -> None:
    first, second = play_day(tmp_path, "first"), play_day(tmp_path, "second")
    assert tuple(first) == tuple(second) == STEPS
    assert all(step["ok"] for step in (*first.values(), *second.values()))
    for name in ("grant", "grant with case", "grant revoked"):
        assert first["exchange"]["detail"][name] == second["exchange"]["detail"][name]
