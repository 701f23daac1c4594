"""A city in which the insurance bureau may ask the labour bureau about people, through the real lane and the real lake."""

from collections.abc import Callable, Iterator

import pytest

from hunhe.hub.exchange import book, services
from hunhe.hub.exchange.tests.scene import Scene, make_scene


@pytest.fixture
def scene(prepared_city: None) -> Iterator[Scene]:
    book.forget()
    services.forget_services()
    yield make_scene()
    book.forget()
    services.forget_services()


@pytest.fixture
def call(scene: Scene) -> Callable[..., tuple[int, dict[str, object]]]:
    return scene.call
