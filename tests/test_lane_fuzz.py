"""Schemathesis over every lane there is: whatever is sent, by whatever method, the answer is never a server error."""

import asyncio
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from hunhe.house.gateway import Gateway
from hunhe.kernel.identity import actions as identity
from hunhe.stone.who import Who

EXAMPLES, PATIENCE = 25, 30.0
OWN = ("/healthz", "/metrics", "/")
TEXT = {"type": "string", "maxLength": 60}


def _operation(method: str, secret: str) -> dict[str, Any]:
    headers = {
        "Authorization": {"enum": [f"Bearer {secret}", "Bearer nobody", "Basic eDp5", ""]},
        "Idempotency-Key": TEXT,
        "Accept-Language": {"enum": ["zh-CN", "en", "*"]},
    }
    found: dict[str, Any] = {
        "parameters": [
            *({"name": name, "in": "header", "schema": schema} for name, schema in headers.items()),
            {"name": "rest", "in": "path", "required": True, "schema": TEXT | {"minLength": 1}},
            {"name": "q", "in": "query", "schema": TEXT},
            {"name": "cursor", "in": "query", "schema": {"anyOf": [TEXT, {"type": "integer"}]}},
        ],
        "responses": {"200": {"description": "answered"}},
    }
    if method in ("post", "put"):
        anything: dict[str, Any] = {
            "anyOf": [{}, {"type": "object"}, {"type": "array", "maxItems": 3, "items": {"type": "object"}}]
        }
        found["requestBody"] = {"content": {"application/json": {"schema": anything}}}
    return found


def _description(prefixes: list[str], secret: str) -> dict[str, Any]:
    """Lanes promise less than the API: any path below a prefix, any method, any body."""
    methods = ("get", "post", "put", "delete")
    paths = {f"{prefix}/{{rest}}": {method: _operation(method, secret) for method in methods} for prefix in prefixes}
    return {"openapi": "3.1.0", "info": {"title": "lanes", "version": "1"}, "paths": paths}


def _ask(gateway: Gateway, case: schemathesis.Case) -> tuple[int, bytes]:
    """Status and body of one request, spoken as a server speaks it; the caller hangs up once its body is sent."""
    sent: list[MutableMapping[str, Any]] = []
    body = case.body if isinstance(case.body, bytes) else None
    if body is None:
        kept = case.as_transport_kwargs(base_url="http://127.0.0.1")
        body = kept["data"] if isinstance(kept.get("data"), bytes) else str(kept.get("json", "")).encode("utf-8", "replace")
    waiting: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    query = "&".join(f"{quote(str(name))}={quote(str(value))}" for name, value in (case.query or {}).items())
    scope: dict[str, Any] = {
        "type": "http",
        "method": case.method.upper(),
        "path": case.formatted_path,
        "raw_path": quote(case.formatted_path).encode(),
        "query_string": query.encode(),
        "headers": [
            (name.lower().encode(), str(value).encode("latin-1", "replace")) for name, value in (case.headers or {}).items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    asyncio.run(asyncio.wait_for(gateway(scope, receive, send), PATIENCE))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_server_error_on_any_lane(prepared_city: None, subtests: pytest.Subtests) -> None:
    """As a department's own system with a valid key, with a wrong one, and with none."""
    gateway = Gateway()
    prefixes = [prefix for prefix, _ in gateway._lanes if prefix not in OWN]
    assert {"/exchange/v1", "/audit/v1"} <= set(prefixes)
    client = identity.create_client(who=Who.system("test"), name="探路", department="health_insurance")
    schema = schemathesis.openapi.from_dict(_description(prefixes, client.secret))
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def answers(case: schemathesis.Case) -> None:
            status, body = _ask(gateway, case)
            assert status < 500, (case.method, case.formatted_path, status, body[:300])

        with subtests.test(operation=operation.label):
            answers()
