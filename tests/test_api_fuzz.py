"""Schemathesis over the whole API: whatever is sent, the answer is never a server error."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from conftest import official_client

EXAMPLES = 12


@pytest.mark.django_db
@pytest.mark.slow
def test_no_server_error(prepared_city: None, demo_folder: None, subtests: pytest.Subtests) -> None:
    """As a reviewer: of the business roles, the one whom most doors let in."""
    session = official_client("reviewer").cookies["sessionid"].value
    headers = {"Cookie": f"sessionid={session}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        def answers(case: schemathesis.Case) -> None:
            case.validate_response(case.call(headers=headers), checks=(not_a_server_error,))

        with subtests.test(operation=operation.label):
            answers()
