"""Raw lanes and the page adapter, spoken to as a server would."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from hunhe.kernel.lanes.shapes import Receive, Scope, Send, bearer_token, read_json, reply_json, reply_problem, wsgi_adapter
from hunhe.kernel.lanes.tests.talk import Talk
from hunhe.stone.errors import HunheError, TooMany

Environ = dict[str, Any]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    n: int


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        body = await read_json(receive, 20, msgspec.json.Decoder(Body))
    except HunheError as error:
        await reply_problem(send, error, receipt="r")
        return
    await reply_json(send, 200, {"n": body.n, "token": bearer_token(scope)})


def test_json_in_json_out() -> None:
    talk = Talk(method="POST", body=[b'{"n"', b":1}"], headers=[(b"authorization", b"Bearer  abc ")])
    assert talk.run(echo) == (200, b'{"n":1,"token":"abc"}')
    assert talk.answer_headers[b"content-length"] == b"21"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "request.json"), (b"{", "request.json"), (b'{"n":"x"}', "request.json"), (b'{"n":1,"m":2}', "request.json"),
     (b"\xff", "request.json"), (b'{"n":1}' + b" " * 30, "request.too_large")],
)  # fmt: skip
def test_bad_bodies_are_problems(body: bytes, code: str) -> None:
    status, answer = Talk(method="POST", body=[body]).run(echo)
    problem = json.loads(answer)
    assert (status, problem["code"], problem["receipt"]) == (422, code, "r")


@pytest.mark.parametrize("header", [b"", b"Bearer", b"Bearer  ", b"Basic abc"])
def test_no_token_is_none(header: bytes) -> None:
    assert bearer_token({"headers": [(b"authorization", header)]}) is None


def test_a_refusal_says_when_to_come_back() -> None:
    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        await reply_problem(send, TooMany("x.quota", "Wait %(retry_after)s s.", retry_after=7))

    talk = Talk()
    assert talk.run(busy)[0] == 429
    assert talk.answer_headers[b"retry-after"] == b"7"


def page(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("X-A", "é")])
    body = environ["wsgi.input"].read()
    facts = [environ[key] for key in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "REMOTE_ADDR")]
    return [repr([*facts, environ.get("HTTP_COOKIE"), environ.get("HTTP_X_REAL"), body]).encode()]


def test_a_page_gets_its_request_and_gives_its_answer() -> None:
    headers = [
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-real", b"yes"),
        (b"x_real", b"spoofed"),
        (b"content-length", b"9"),
    ]
    talk = Talk(method="POST", path="/%E6%B8%BE/x", query=b"q=1", headers=headers, body=[b"he", b"llo"])
    status, answer = talk.run(wsgi_adapter(page, 1))
    path = "/渾/x".encode().decode("latin-1")
    assert status == 200
    assert answer.decode() == repr(["POST", path, "q=1", "5", "10.0.0.9", "a=1; b=2", "yes", b"hello"])
    assert talk.answer_headers[b"x-a"] == "é".encode("latin-1")
    assert len(talk.messages) == 2


def test_large_bodies_are_spooled_and_too_large_ones_refused() -> None:
    def size(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    chunks = [b"x" * 65536] * 40
    assert Talk(method="POST", body=chunks).run(wsgi_adapter(size, 1)) == (200, str(40 * 65536).encode())
    status, answer = Talk(method="POST", body=chunks).run(wsgi_adapter(size, 1, body_limit=10**6))
    assert (status, json.loads(answer)["code"]) == (413, "request.too_large")


def test_answers_stream_and_end_in_after() -> None:
    ended: list[str] = []

    class Stream:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"one", b"", b"two", b"three")

        def close(self) -> None:
            ended.append("closed")

    def app(environ: Environ, start: Callable[..., Any]) -> Stream:
        start("200 OK", [])
        return Stream()

    talk = Talk()
    assert talk.run(wsgi_adapter(app, 1, after=lambda: ended.append("after"))) == (200, b"onetwothree")
    assert [message.get("more_body") for message in talk.messages[1:]] == [True, True, False]
    assert ended == ["closed", "after"]


def test_a_leaver_stops_the_stream_and_frees_the_thread() -> None:
    closed = threading.Event()

    def endless(environ: Environ, start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            while True:
                yield b"tick"
                time.sleep(0.001)
        finally:
            closed.set()

    adapter = wsgi_adapter(endless, 1)
    Talk(leave_after=3).run(adapter)
    assert closed.wait(2)


def test_an_application_that_falls_is_not_taken_for_an_answer() -> None:
    ended: list[str] = []

    def broken(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
        raise RuntimeError("fallen")

    with pytest.raises(RuntimeError, match="fallen"):
        Talk().run(wsgi_adapter(broken, 1, after=lambda: ended.append("after")))
    assert ended == ["after"]


def test_who_leaves_while_uploading_never_reaches_the_application() -> None:
    async def run() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise AssertionError(message)

        def app(environ: Environ, start: Callable[..., Any]) -> list[bytes]:
            raise AssertionError

        scope: Scope = {"type": "http", "headers": []}
        await wsgi_adapter(app, 1)(scope, receive, send)

    asyncio.run(run())
