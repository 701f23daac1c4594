"""A city that issues one kind of licence, a holder, her issuer's officials, and a clock that tests move."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from hunhe.stone import clock
from hunhe.wallet.licence import content
from hunhe.wallet.licence.tests.people import SYSTEM, citizen, official
from hunhe.wallet.licence.tests.scene import HOLDER, Scene

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

__all__ = ["SYSTEM"]


@pytest.fixture
def at() -> Iterator[Callable[[timedelta], None]]:
    """Stand at nine in the morning of 24 November 2026, and move on from there."""

    def move(gap: timedelta) -> None:
        clock.install(lambda: MORNING + gap)

    move(timedelta())
    yield move
    clock.install(None)


@pytest.fixture
def scene(prepared_city: None, at: Callable[[timedelta], None]) -> Iterator[Scene]:
    content.forget()
    yield Scene(
        keeper=official("civil_affairs", "licence_keeper"),
        stranger=official("human_resources", "clerk"),
        holder=citizen("lin", HOLDER),
    )
    content.forget()
