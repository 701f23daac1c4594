"""What tests of every room may ask for."""

import pytest
from django.conf import settings

from hunhe.stone.who import Who
from tools.pytest_city import shared_data

__all__ = ["prepared_city", "shared_data"]


@pytest.fixture
def prepared_city(db: None) -> None:
    """The reference city's content, applied to the test database."""
    from hunhe.kernel.city import actions as city

    city.apply_city(who=Who.system("test"), folder=settings.HUNHE_CITY)
