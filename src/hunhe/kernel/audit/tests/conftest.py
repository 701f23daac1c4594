"""A log of its own for each test: no tiles, nothing remembered in memory."""

import shutil
from collections.abc import Iterator

import pytest

from hunhe.kernel.audit import actions, denials, tiles
from hunhe.kernel.audit.shapes import Checkpoint
from hunhe.stone.who import Who


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    yield
    shutil.rmtree(tiles.folder(), ignore_errors=True)
    tiles._kept.cache_clear()
    denials._waiting.clear()


def seal() -> Checkpoint:
    """Seal and publish, inside the transaction that a test wraps around itself."""
    sealed = actions.seal(who=Who.system("test"))
    tiles.publish()
    return sealed
