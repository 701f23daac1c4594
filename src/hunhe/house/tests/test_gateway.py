"""The gateway finds the longest prefix, counts, and answers for lanes that fall."""

import asyncio
from typing import Any

import pytest

from hunhe.house.gateway import Gateway
from hunhe.kernel.lanes.shapes import Receive, Scope, Send, reply
from hunhe.stone.errors import Denied


async def lane(scope: Scope, receive: Receive, send: Send) -> None:
    await reply(send, 200, scope["path"].encode())


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    raise Denied("x.y", "No.")


async def falling(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("fallen")


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    lanes = [("/a/v1", lane), ("/a/v1/no", refusing), ("/fall", falling)]
    monkeypatch.setattr("hunhe.house.gateway._lanes", lambda: iter(lanes))
    return Gateway()


def ask(gateway: Gateway, path: str, kind: str = "http") -> list[Any]:
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""} if kind == "http" else {"type": "lifespan.shutdown"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": kind, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "http_version": "1.1",
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("localhost", 80), "scheme": "http",
    }  # fmt: skip
    asyncio.run(gateway(scope, receive, send))
    return said


@pytest.mark.parametrize(
    ("path", "prefix"),
    [("/a/v1", "/a/v1"), ("/a/v1/x", "/a/v1"), ("/a/v1/no/x", "/a/v1/no"), ("/a/v1/nob", "/a/v1"), ("/a/v10", "/"),
     ("/a", "/"), ("/", "/"), ("/healthz", "/healthz"), ("/healthzz", "/")],
)  # fmt: skip
def test_the_longest_prefix_wins_at_a_boundary(gateway: Gateway, path: str, prefix: str) -> None:
    assert gateway._lane(path)[0] == prefix


def test_a_lane_answers(gateway: Gateway) -> None:
    assert ask(gateway, "/a/v1/hello")[1]["body"] == b"/a/v1/hello"


def test_refusals_and_falls_of_lanes_become_problems(gateway: Gateway) -> None:
    assert [message.get("status") for message in ask(gateway, "/a/v1/no")] == [403, None]
    start, body = ask(gateway, "/fall")
    assert start["status"] == 500
    assert b"fallen" not in body["body"]


@pytest.mark.django_db(transaction=True)
def test_health_and_metrics(gateway: Gateway) -> None:
    ask(gateway, "/a/v1")
    assert ask(gateway, "/healthz")[1]["body"] == b'{"status":"ok"}'
    text = ask(gateway, "/metrics")[1]["body"].decode()
    assert 'hunhe_answers_total{lane="/a/v1",status="200"} 1' in text
    assert 'hunhe_audit_entries{state="sealed"} 0' in text
    assert 'hunhe_work{kind="job",state="dead"} 0' in text
    names = [line.split("{")[0] for line in text.splitlines() if not line.startswith("#")]
    assert all(name in text.split(f"# TYPE {name} ")[0] for name in names)
    gateway._database.close()


def test_the_server_is_told_of_begin_and_end(gateway: Gateway) -> None:
    assert ask(gateway, "", kind="lifespan") == [{"type": "lifespan.shutdown.complete"}]
