"""The two commands on a system that lacks something: one apt line says what, and nothing is left half made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "dirname", "find", "sort", "xargs", "cat", "cksum", "tr")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A clone without an environment, and a PATH with nothing but the shell's own tools."""
    place = tmp_path / "clone"
    place.mkdir()
    for name in ("hunhe", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "hatch_build.py"):
        shutil.copy(REPOSITORY / name, place / name)
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    return place


def _run(place: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(place / "hunhe"), *arguments],
        env={"PATH": str(place.parent / "bin"), **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["demo", "test"])
def test_without_python_one_apt_line_names_the_packages(bare: Path, command: str) -> None:
    answer = _run(bare, command)
    assert answer.returncode == 1
    assert answer.stderr.count("apt-get install") == 1
    assert "python3-venv" in answer.stderr
    assert not (bare / ".venv").exists()


def test_an_old_python_or_one_without_venv_is_as_good_as_none(bare: Path) -> None:
    old = bare.parent / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert "python3-venv" in _run(bare, "demo").stderr


def test_a_failed_installation_says_how_to_go_on(bare: Path) -> None:
    broken = bare.parent / "bin" / "python3"
    broken.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "no route to the registry" >&2\nexit 7\n')
    broken.chmod(0o755)
    answer = _run(bare, "demo")
    assert answer.returncode == 7
    assert answer.stderr.index("no route to the registry") < answer.stderr.index("Run the same command again")
    assert "NODE_EXTRA_CA_CERTS" in answer.stderr
    assert "apt-get" not in answer.stderr
    assert not list(bare.glob(".venv/hunhe.*"))


def test_tests_that_will_skip_are_named_with_their_packages(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "hunhe.cli", "test", "-n0", "--version"],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "sudo apt-get install -y chromium postgresql" in answer.stderr
