from collections.abc import Iterator

import pytest

from hunhe.wallet.code.tests.scene import Scene, make_scene
from hunhe.wallet.functions import content


@pytest.fixture
def scene(prepared_city: None) -> Iterator[Scene]:
    content.forget()
    yield make_scene()
    content.forget()
