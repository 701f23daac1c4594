"""The command line refuses in one sentence and never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hunhe.house.setup import locked, port_number
from hunhe.stone.errors import Conflict, Invalid
from hunhe.stone.paths import DataFolder


def _hunhe(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("HUNHE_VAR", None)
    return subprocess.run(
        [sys.executable, "-m", "hunhe.cli", *arguments], capture_output=True, text=True, env=environment, check=False
    )


def test_a_demo_never_moves_into_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    answer = _hunhe("demo", "--once", "--var", str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.startswith("hunhe: house.folder.not_demo")
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_a_real_city_refuses_a_demo_folder(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{}")
    answer = _hunhe("up", "--var", str(tmp_path))
    assert answer.returncode == 1
    assert "house.folder.demo" in answer.stderr


def test_unknown_bench_names_the_known_ones(tmp_path: Path) -> None:
    answer = _hunhe("bench", "speed", "--var", str(tmp_path))
    assert answer.returncode == 1
    assert "land" in answer.stderr


def test_one_city_per_folder(tmp_path: Path) -> None:
    with locked(DataFolder(tmp_path)), pytest.raises(Conflict), locked(DataFolder(tmp_path)):
        pass


def test_port_numbers() -> None:
    assert port_number("8000") == 8000
    for text in ("0", "65536", "http", "-1"):
        with pytest.raises(Invalid):
            port_number(text)
