"""Gives every test process a city folder of its own, before Django reads its settings. Loaded by `-p` in pyproject.toml."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("HUNHE_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

_folder = Path(tempfile.mkdtemp(prefix="hunhe-test-"))
os.environ["HUNHE_VAR"] = str(_folder / "var")
os.environ["HUNHE_KEYS"] = str(_folder / "var.keys")
os.environ.setdefault("HUNHE_CITY", str(REPOSITORY / "cities" / "shenyang"))
(_folder / "var" / "static").mkdir(parents=True)
atexit.register(shutil.rmtree, _folder, ignore_errors=True)


def required(what: str) -> bool:
    """True where a missing `what` (postgres, browser, data) must fail rather than skip."""
    return what in os.environ.get("HUNHE_REQUIRE", "").split(",")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests that need it skip visibly where it is absent."""
    if not SHARED_DATA.is_dir():
        if required("data"):
            pytest.fail(f"real data sets not found at {SHARED_DATA}")
        pytest.skip(f"real data sets not found at {SHARED_DATA}")
    return SHARED_DATA
