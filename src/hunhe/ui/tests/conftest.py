import pytest

from tools import messages


@pytest.fixture(scope="session")
def compiled() -> None:
    """The catalogues as .mo files, no older than their sources."""
    messages.compile_all(only_stale=True)
