"""Schemathesis over the whole API: whatever is sent, by whomever, the answer is never a server error.

Each operation is tried by everybody whose rooms it is in; who is let in by no door there says so in the answer, which costs little.
"""

import re

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from conftest import official_client

EXAMPLES, PROBES = 12, 3
"""How often each operation is tried: by whoever its room is for, and by everybody else, for whom a door mostly closes."""

PEOPLE: dict[str, tuple[str | None, str]] = {
    "reviewer": ("data_bureau", "."),
    "clerk": ("civil_affairs", "service|flow|files|licence|mydata"),
    "dispatcher": ("urban_management", "governance|flow"),
    "approver": ("human_resources", "exchange|catalogue|flow"),
    "citizen": (None, "service|flow|files|governance|code|licence|consent|mydata"),
    "anonymous": (None, "catalogue|places|audit|telemetry|licence"),
}
"""Who asks, of which department, and the rooms that are for them."""


def _headers(role: str, department: str | None) -> dict[str, str]:
    if role == "anonymous":
        return {}
    session = official_client(role, department).cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("role", PEOPLE)
def test_no_server_error(prepared_city: None, demo_folder: None, subtests: pytest.Subtests, role: str) -> None:
    department, rooms = PEOPLE[role]
    headers = _headers(role, department)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    for found in schema.get_all_operations():
        operation = found.ok()
        own = re.match(rf"/api/v1/({rooms})", operation.path)

        @given(case=operation.as_strategy())
        @settings(max_examples=EXAMPLES if own else PROBES, deadline=None, suppress_health_check=list(HealthCheck))
        def answers(case: schemathesis.Case) -> None:
            case.validate_response(case.call(headers=headers), checks=(not_a_server_error,))

        with subtests.test(operation=operation.label):
            answers()
