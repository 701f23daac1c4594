"""What a machine lacks: its tests skip and say why, and fail where HUNHE_REQUIRE says that it must be there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
NAMES = ("postgres", "browser", "data")
TINY = """
import pytest
from tools.pytest_city import lacking

@pytest.mark.parametrize("what", ["postgres", "browser", "data"])
def test_that_needs(what):
    lacking(what, f"no {what} on this machine")
"""


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """What pytest prints about every test of a run that finds nothing it needs."""
    command = [sys.executable, "-m", "pytest", "-p", "tools.pytest_city", "-p", "no:randomly", "-p", "no:cacheprovider", "-rfs"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUNHE_", "PYTEST_", "DJANGO_"))}
    ended = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'src'}", "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.parametrize("required", [(), ("postgres", "browser"), NAMES])
def test_what_is_required_fails_and_the_rest_skips_with_its_reason(tmp_path: Path, required: tuple[str, ...]) -> None:
    (tmp_path / "test_tiny.py").write_text(TINY)
    told = run(tmp_path, "test_tiny.py", HUNHE_REQUIRE=",".join(required))
    for name in NAMES:
        reason = f"no {name} on this machine"
        line = next(line for line in told.splitlines() if reason in line and line.startswith(("SKIPPED", "FAILED")))
        assert line.startswith("FAILED" if name in required else "SKIPPED")
        assert (f"{reason}; HUNHE_REQUIRE names {name}" in line) == (name in required)
    assert "passed" not in told


def test_real_data_sets_that_are_not_there(tmp_path: Path) -> None:
    """The fixture that the tests of real input ask for, in the suite as it is."""
    absent = str(tmp_path / "absent")
    chosen = "tests/test_real_inputs.py::test_resolve_prints_precision_and_recall"
    assert f"real data sets not found at {absent}" in run(REPOSITORY, chosen, HUNHE_SHARED_DATA=absent)
    told = run(REPOSITORY, chosen, HUNHE_SHARED_DATA=absent, HUNHE_REQUIRE="data")
    assert "2 errors" in told
    assert "HUNHE_REQUIRE names data" in told
