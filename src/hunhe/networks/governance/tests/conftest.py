"""A clock that tests move, and rules read anew for each city."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from hunhe.networks.governance import content
from hunhe.stone import clock


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set the city's clock."""
    yield lambda moment: clock.install(lambda: moment)
    clock.install(None)


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    content._held.clear()
    yield
    content._held.clear()
