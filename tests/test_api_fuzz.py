"""Schemathesis over the whole API: whatever is sent, the answer is never a server error."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture
def session_cookie(prepared_city: None) -> str:
    """A reviewer's session: of the business roles, the one whom most doors let in."""
    account = identity.create_account(
        who=Who.system("test"),
        username="t.reviewer",
        password="correct horse battery",
        kind="official",
        department="data_bureau",
        name="t",
    )
    identity.appoint(who=Who.system("test"), account_id=account.id, post="data_bureau.reviewer")
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"


@pytest.mark.django_db
@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_server_error(case: schemathesis.Case, session_cookie: str) -> None:
    answer = case.call(headers={"Cookie": session_cookie, "X-CSRFToken": "a" * 32})
    case.validate_response(answer, checks=(not_a_server_error,))
