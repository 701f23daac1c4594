import shutil

import pytest
from django.conf import settings

from hunhe.hub.lake import serving


@pytest.fixture(autouse=True)
def empty_lake() -> None:
    """The database is emptied between tests; what lies on disk must go with it."""
    shutil.rmtree(settings.HUNHE_VAR.lake, ignore_errors=True)
    shutil.rmtree(settings.HUNHE_VAR.serving, ignore_errors=True)
    serving._kept.__dict__.clear()
