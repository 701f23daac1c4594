"""Each endpoint for each role, from the URL map itself: a refusal changes nothing, and nothing ever fails with a 5xx."""

import re

import pytest
from django.test import Client
from ninja.openapi.schema import OpenAPISchema

from hunhe.house.urls import api
from tests.roles import clients, row_counts

__all__ = ["clients"]

PUBLIC_PREFIXES = (
    "/api/v1/catalogue/",
    "/api/v1/places/",
    "/api/v1/identity/me",
    "/api/v1/flow/procedures",
    "/api/v1/audit/",
    "/api/v1/service/items",
    "/api/v1/telemetry/rules",
    "/api/v1/telemetry/watches",
    "/api/v1/service/online-rates",
    "/api/v1/consent/kinds",
    "/api/v1/governance/classes",
    "/api/v1/governance/ground",
    "/api/v1/functions/functions",
    "/api/v1/code/issuer",
    "/api/v1/licence/types",
    "/api/v1/licence/verify",
    "/api/v1/licence/status/",
)


def _operations() -> list[tuple[str, str]]:
    paths = OpenAPISchema(api, "/api/v1/")["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def _ask(method: str, url: str, role: str, client: Client) -> None:
    before = row_counts()
    answer = client.generic(method, url, data=b"{}", content_type="application/json")
    assert answer.status_code < 500, answer.content[:300]
    if answer.status_code in (401, 403):
        assert row_counts() == before
        assert answer["Content-Type"].startswith("application/problem+json")
    if role == "anonymous" and answer.status_code < 300:
        assert url.startswith(PUBLIC_PREFIXES), "answers anybody"


@pytest.mark.django_db
def test_every_role_meets_an_answer_and_refusals_change_nothing(clients: dict[str, Client], subtests: pytest.Subtests) -> None:
    for method, path in _operations():
        for role, client in clients.items():
            with subtests.test(method=method, path=path, role=role):
                _ask(method, re.sub(r"{[^}]*}", "nothing-such", path), role, client)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/nothing/here", 404), ("DELETE", "/api/v1/identity/me", 405)]
)
def test_a_wrong_address_is_a_problem_too(method: str, path: str, status: int) -> None:
    answer = Client().generic(method, path)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")
