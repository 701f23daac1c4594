"""The lane as a server speaks to it: methods, limits, tokens, and the reply that can be read back."""

import asyncio
import json
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

import pytest
from django.db import connection

from hunhe.hub.telemetry.lane import PREFIX, make_commit, make_lane
from hunhe.hub.telemetry.rules.batches import BODY_LIMIT, READINGS_LIMIT
from hunhe.hub.telemetry.tests.scene import SITES, SYSTEM, Scene, hour, make_scene
from hunhe.kernel.city import actions as city
from hunhe.kernel.lanes.shapes import ASGIApp

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(transactional_db: None, settings: Any) -> Scene:
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    return make_scene()


@pytest.fixture
def lane() -> Iterator[ASGIApp]:
    commit = make_commit()
    yield make_lane(commit)
    commit.close()
    connection.close()


def ask(
    lane: ASGIApp, method: str, path: str, body: bytes = b"", headers: Iterable[tuple[bytes, bytes]] = ()
) -> tuple[int, Any]:
    messages = [{"type": "http.request", "body": body, "more_body": False}]
    answers: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}
    asyncio.run(lane(scope, receive, send))
    raw = b"".join(message.get("body", b"") for message in answers[1:])
    return answers[0]["status"], json.loads(raw) if raw else None


def body_of(scene: Scene, count: int = 3) -> bytes:
    readings = [{"site": SITES[0], "metric": "pm25", "at": hour(number), "value": 200} for number in range(count)]
    return json.dumps({"source": scene.source, "readings": readings}).encode()


def test_a_batch_is_taken_read_back_and_taken_once(sent: Scene, lane: ASGIApp) -> None:
    headers = [(b"authorization", f"Bearer {sent.token}".encode()), (b"idempotency-key", b"one")]
    status, first = ask(lane, "POST", PREFIX, body_of(sent), headers)
    assert (status, first["accepted"], first["repeated"]) == (200, 3, False)
    assert ask(lane, "POST", PREFIX, body_of(sent), headers) == (200, {**first, "repeated": True})
    assert ask(lane, "GET", f"{PREFIX}/{first['batch']}", headers=headers[:1]) == (200, first)
    assert ask(lane, "POST", PREFIX, body_of(sent, 2), headers)[0] == 409
    assert sent.warnings() == [(SITES[0], hour(2), None, 200)]


def test_what_is_wrong_is_said_with_its_code(sent: Scene, lane: ASGIApp) -> None:
    token = [(b"authorization", f"Bearer {sent.token}".encode())]
    assert ask(lane, "POST", PREFIX, body_of(sent))[1]["code"] == "telemetry.no_token"
    assert ask(lane, "POST", PREFIX, body_of(sent), [(b"authorization", b"Bearer nobody")])[0] == 401
    assert ask(lane, "POST", PREFIX, b"{", token)[1]["code"] == "telemetry.batch.form"
    assert ask(lane, "POST", PREFIX, body_of(sent, READINGS_LIMIT + 1), token)[0] == 422
    assert ask(lane, "POST", PREFIX, b" " * (BODY_LIMIT + 1), token)[1]["code"] == "request.too_large"
    assert ask(lane, "POST", PREFIX, body_of(sent), [*token, (b"idempotency-key", b"with space")])[0] == 422
    assert ask(lane, "GET", f"{PREFIX}/tbat_unknown", headers=token)[1]["code"] == "telemetry.batch.unknown"
    assert [
        ask(lane, method, path, headers=token)[0]
        for method, path in (("GET", PREFIX), ("PUT", PREFIX), ("POST", f"{PREFIX}/x"))
    ] == [405] * 3
