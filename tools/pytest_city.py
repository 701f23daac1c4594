"""Gives every test process a city folder of its own, before Django reads its settings. Loaded by `-p` in pyproject.toml."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("HUNHE_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

_folder = Path(tempfile.mkdtemp(prefix="hunhe-test-"))
os.environ["HUNHE_VAR"] = str(_folder / "var")
os.environ["HUNHE_KEYS"] = str(_folder / "var.keys")
os.environ.setdefault("HUNHE_CITY", str(REPOSITORY / "cities" / "shenyang"))
(_folder / "var" / "static").mkdir(parents=True)
atexit.register(shutil.rmtree, _folder, ignore_errors=True)


def lacking(what: str, reason: str) -> NoReturn:
    """End a test that needs `what` (postgres, browser, data) and does not find it: a visible skip, or a failure where
    HUNHE_REQUIRE names it."""
    if what in os.environ.get("HUNHE_REQUIRE", "").split(","):
        pytest.fail(f"{reason}; HUNHE_REQUIRE names {what}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests that need it skip visibly where it is absent."""
    if not SHARED_DATA.is_dir():
        lacking("data", f"real data sets not found at {SHARED_DATA}")
    return SHARED_DATA
