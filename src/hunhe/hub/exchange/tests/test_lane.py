"""The lane as the network sees it: whatever comes in, the answer is one of those it promises."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunhe.hub.exchange import models
from hunhe.hub.exchange.lane import PREFIX, make_lane
from hunhe.hub.exchange.shapes import REFUSALS
from hunhe.hub.exchange.tests.asgi import ask
from hunhe.hub.exchange.tests.scene import NUMBERS, PURPOSE, Scene
from hunhe.kernel.lanes.shapes import ASGIApp

pytestmark = pytest.mark.django_db(transaction=True)
ONCE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
HALF_RIGHT = st.fixed_dictionaries(
    {},
    optional={
        "key": st.dictionaries(st.sampled_from(["id_number", "name", "wage", "subject_id", "", "\x00"]), st.text(max_size=40))
        | JSON_VALUES,
        "purpose": st.just(PURPOSE) | JSON_VALUES,
        "case": st.just("case_1") | JSON_VALUES,
        "columns": st.lists(st.sampled_from(["name", "status", "wage", "x"]) | JSON_VALUES, max_size=4) | JSON_VALUES,
        "more": JSON_VALUES,
    },
)


@pytest.fixture
def lane(scene: Scene) -> Iterator[ASGIApp]:
    made = make_lane()
    yield made
    connections.close_all()


def bearer(scene: Scene) -> tuple[bytes, bytes]:
    return (b"authorization", b"Bearer " + scene.token.encode())


def right(scene: Scene) -> bytes:
    return scene.incoming().body


def test_a_call_over_the_wire(scene: Scene, lane: ASGIApp) -> None:
    scene.grant()
    status, headers, body = ask(lane, f"{PREFIX}/{scene.lookup}", right(scene), [bearer(scene)], pieces=5)
    assert (status, headers[b"content-type"]) == (200, b"application/json")
    assert body["data"] == {"name": "林**", "status": "在职"}


def test_refusals_are_problems_in_the_callers_language(scene: Scene, lane: ASGIApp) -> None:
    path = f"{PREFIX}/{scene.lookup}"
    status, headers, body = ask(lane, path, right(scene), [(b"accept-language", b"en-GB,en;q=0.9")])
    assert (status, headers[b"content-type"], body["code"]) == (401, b"application/problem+json", "no_token")
    assert body["title"].startswith("No valid key")
    scene.grant(quota_per_day=1)
    ask(lane, path, right(scene), [bearer(scene)])
    status, headers, body = ask(lane, path, right(scene), [bearer(scene)])
    assert (status, body["code"]) == (429, "quota")
    assert 0 < int(headers[b"retry-after"]) <= 86_400


def test_only_post(scene: Scene, lane: ASGIApp) -> None:
    assert ask(lane, f"{PREFIX}/{scene.lookup}", b"", [bearer(scene)], method="GET")[0] == 405


def test_a_huge_body_is_an_attribute_error(scene: Scene, lane: ASGIApp) -> None:
    huge = json.dumps({"key": {"id_number": "1" * 5_000_000}, "purpose": PURPOSE}).encode()
    status, _, body = ask(lane, f"{PREFIX}/{scene.lookup}", huge, [bearer(scene)], pieces=50)
    assert (status, body["code"]) == (403, "attributes")


def answers_well(scene: Scene, lane: ASGIApp, service: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    status, _, answer = ask(lane, f"{PREFIX}/{service}", body, headers)
    assert status in (200, 401, 403, 429), answer
    if status != 200:
        assert answer["code"] in REFUSALS
        assert set(answer) <= {"type", "code", "status", "title", "detail", "entry_id"}


@ONCE
@given(
    raw=st.binary(max_size=300)
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | HALF_RIGHT.map(lambda v: json.dumps(v).encode())
)
def test_any_body(scene: Scene, lane: ASGIApp, raw: bytes) -> None:
    if not models.Grant.objects.exists():
        scene.grant(procedures=[])
    for service in (scene.lookup, scene.verify):
        answers_well(scene, lane, service, raw, [bearer(scene)])


@ONCE
@given(
    service=st.text(max_size=20) | st.just("x.lookup"),
    token=st.none() | st.binary(max_size=60),
    key=st.none() | st.binary(max_size=200),
)
def test_any_header_and_any_service(scene: Scene, lane: ASGIApp, service: str, token: bytes | None, key: bytes | None) -> None:
    headers: list[tuple[bytes, bytes]] = [(b"accept-language", key or b"")]
    headers += [bearer(scene)] if token is None else [(b"authorization", b"Bearer " + token)]
    headers += [(b"idempotency-key", key)] if key is not None else []
    answers_well(scene, lane, service, right(scene), headers)


def test_a_number_in_full_width_is_the_same_number(scene: Scene, lane: ASGIApp) -> None:
    """A number written in full width is the same number."""
    scene.grant(procedures=[])
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in NUMBERS["sub_lin"])
    body = json.dumps({"key": {"id_number": wide}, "purpose": PURPOSE}, ensure_ascii=False).encode()
    answer: Any = ask(lane, f"{PREFIX}/{scene.lookup}", body, [bearer(scene)])
    assert answer[0] == 200
