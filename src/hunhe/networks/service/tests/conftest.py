from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from hunhe.networks.service.tests.town import serve_people
from hunhe.stone import clock

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
"""A Monday, nine in the morning in the city."""


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set the city's clock."""
    yield lambda moment: clock.install(lambda: moment)
    clock.install(None)


@pytest.fixture
def town(prepared_city: None, at: Callable[[datetime], None]) -> None:
    at(MONDAY)
    serve_people()
