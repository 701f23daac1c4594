"""Handlers registered by one test are gone in the next."""

import pytest

from hunhe.kernel.events import registry


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("job_kinds", "subscribers", "periodic"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))
