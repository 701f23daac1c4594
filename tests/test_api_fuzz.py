"""Schemathesis over the whole API: whatever is sent, the answer is never a server error."""

import re

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from conftest import official_client

EXAMPLES = 12


PEOPLE = {
    "reviewer": ("data_bureau", ""),
    "clerk": ("civil_affairs", "service|flow|files|licence|mydata"),
    "dispatcher": ("urban_management", "governance|flow"),
    "citizen": (None, "service|flow|files|governance|code|licence|consent|mydata"),
}
"""Who asks, of which department, and what: of the business roles a reviewer is let in by most doors, the others by their own."""


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("role", PEOPLE)
def test_no_server_error(prepared_city: None, demo_folder: None, subtests: pytest.Subtests, role: str) -> None:
    department, rooms = PEOPLE[role]
    session = official_client(role, department).cookies["sessionid"].value
    headers = {"Cookie": f"sessionid={session}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    for found in schema.get_all_operations():
        operation = found.ok()
        if rooms and not re.match(rf"/api/v1/({rooms})/", operation.path):
            continue

        @given(case=operation.as_strategy())
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        def answers(case: schemathesis.Case) -> None:
            case.validate_response(case.call(headers=headers), checks=(not_a_server_error,))

        with subtests.test(operation=operation.label):
            answers()
