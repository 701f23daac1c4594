import pytest

from hunhe.hub.telemetry.tests.scene import Scene, make_scene


@pytest.fixture
def scene(prepared_city: None) -> Scene:
    """A series of the past at three sites."""
    return make_scene()


@pytest.fixture
def live(prepared_city: None) -> Scene:
    """Live sites that report every hour."""
    return make_scene("live", "live")
