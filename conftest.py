"""What tests of every room may ask for."""

import fcntl
import shutil

import hypothesis
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from hunhe.stone.who import Who
from tools import frontend, messages
from tools.pytest_city import lacking, shared_data

__all__ = ["built", "demo_folder", "empty_lake", "official_client", "prepared_city", "shared_data"]

PASSWORD = "correct horse battery"  # noqa: S105  # of test accounts


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hashing speed is not what tests are about
    hypothesis.settings.register_profile("busy machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.load_profile("busy machine")
    settings.HUNHE_SHARED_SECONDS = 0  # each test has a database of its own


@pytest.fixture(scope="session")
def built() -> None:
    """The frontend and the messages, built if a source is newer; by one test process, while the others wait."""
    with (frontend.FRONTEND / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if frontend.is_stale() or not frontend.is_installed(dev=True):
            try:
                frontend.build(dev=True)
            except frontend.FrontendError as error:
                lacking("browser", f"the frontend cannot be built here: {error}")
        messages.compile_all(only_stale=True)


@pytest.fixture(autouse=True)
def empty_lake() -> None:
    """The database is emptied between tests; what lies on disk must go with it."""
    from hunhe.hub.lake import serving

    shutil.rmtree(settings.HUNHE_VAR.lake, ignore_errors=True)
    shutil.rmtree(settings.HUNHE_VAR.serving, ignore_errors=True)
    serving._kept.__dict__.clear()  # noqa: SLF001  # no reader of the product ever forgets on purpose


@pytest.fixture
def demo_folder(settings: Settings) -> None:
    """Officials need no second factor, as in a demo folder."""
    settings.HUNHE_DEMO = True


@pytest.fixture
def prepared_city(db: None) -> None:
    """The reference city's content, applied to the test database."""
    from hunhe.kernel.city import actions as city

    city.apply_city(who=Who.system("test"), folder=settings.HUNHE_CITY)


def official_client(role: str, department: str | None = "data_bureau") -> Client:
    """A signed-in browser of an account with one post; a citizen's when `department` is None. Officials get in with `demo_folder`."""
    from hunhe.kernel.identity import actions as identity
    from hunhe.kernel.identity.models import Account

    kind = "official" if department else "citizen"
    account = identity.create_account(
        who=Who.system("test"), username=f"t.{role}", password=PASSWORD, kind=kind, department=department, name=role
    )
    if department:
        identity.appoint(who=Who.system("test"), account_id=account.id, post=f"{department}.{role}")
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client
