"""Schemathesis over the whole API: whatever is sent, the answer is never a server error."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from conftest import official_client

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture(scope="module")
def session_cookie(standing_city: None) -> str:
    """A reviewer's session: of the business roles, the one whom most doors let in."""
    session = official_client("reviewer").cookies["sessionid"].value
    return f"sessionid={session}; csrftoken={'a' * 32}"


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_server_error(case: schemathesis.Case, session_cookie: str) -> None:
    answer = case.call(headers={"Cookie": session_cookie, "X-CSRFToken": "a" * 32})
    case.validate_response(answer, checks=(not_a_server_error,))
