"""Somebody at the city's door: a browser with cookies, or a machine with a token."""

import builtins
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

Json = Any
T = TypeVar("T")
TIMEOUT = httpx.Timeout(30.0)


class Refused(Exception):
    """The city answered otherwise than this step needs."""

    def __init__(self, reply: httpx.Response, wanted: str) -> None:
        request = reply.request
        super().__init__(f"{request.method} {request.url.path} → {reply.status_code}, wanted {wanted}: {reply.text[:300]}")
        self.status = reply.status_code


@dataclass(frozen=True, slots=True)
class News:
    """One server-sent event."""

    event: str
    id: str
    data: Json


class Visitor:
    """One person's session. Sends the CSRF token that the city set, and an `Idempotency-Key` where given."""

    def __init__(self, base: str, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Accept-Language": "zh-Hans", "Referer": f"{base}/"}
        self._login: tuple[str, str] | None = None
        self._client = httpx.Client(transport=transport, base_url=base, timeout=TIMEOUT, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def log_in(self, username: str, password: str) -> None:
        """Through the login page. Raises `Refused` when the page comes back."""
        self._form("/accounts/login/", {"login": username, "password": password})
        self._login = (username, password)

    def sign_up(self, username: str, password: str) -> None:
        self._form("/accounts/signup/", {"username": username, "password1": password, "password2": password})
        self._login = (username, password)

    def _form(self, path: str, fields: Mapping[str, str]) -> None:
        self.page(path)
        reply = self._client.post(path, data={**fields, "csrfmiddlewaretoken": self._token()})
        if reply.status_code != 302:
            raise Refused(reply, "302")

    def _token(self) -> str:
        return self._client.cookies.get("csrftoken") or ""

    def page(self, path: str) -> str:
        """The text of a page that must open."""
        reply = self._client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        if reply.status_code != 200:
            raise Refused(reply, "200")
        return reply.text

    def text(self, path: str) -> str:
        """A plain-text answer."""
        return whole(self.ask("GET", path)).text

    def bytes(self, path: str) -> bytes:
        """A binary answer."""
        return whole(self.ask("GET", path)).content

    def ask(self, method: str, path: str, body: Json = None, *, key: str = "", **parameters: Any) -> httpx.Response:
        """One API request, whatever its answer; signed in anew where the session has ended meanwhile."""
        reply = self._send(method, path, body, key, parameters)
        if reply.status_code == 401 and self._login is not None:
            self._client.cookies.clear()
            self.log_in(*self._login)
            reply = self._send(method, path, body, key, parameters)
        return reply

    def _send(self, method: str, path: str, body: Json, key: str, parameters: Mapping[str, Any]) -> httpx.Response:
        headers = {"Accept": "application/json", "X-CSRFToken": self._token()}
        if key:
            headers["Idempotency-Key"] = key
        return self._client.request(method, path, json=body, params=parameters or None, headers=headers)

    def get(self, path: str, **parameters: Any) -> Json:
        return _json(self.ask("GET", path, **parameters))

    def post(self, path: str, body: Json = None, *, key: str = "", **parameters: Any) -> Json:
        return _json(self.ask("POST", path, body, key=key, **parameters))

    def send_file(self, path: str, name: str, body: "builtins.bytes", **fields: str) -> Json:
        """Upload one file, with fields of the form."""
        headers = {"Accept": "application/json", "X-CSRFToken": self._token()}
        return _json(self._client.post(path, files={"file": (name, body)}, data=fields, headers=headers))

    def put(self, path: str, body: Json) -> Json:
        return _json(self.ask("PUT", path, body))

    def pages(self, path: str, **parameters: Any) -> Iterator[Json]:
        """Every item of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **parameters, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    @contextmanager
    def listen(self, path: str, last: str = "") -> Iterator[Iterator[News]]:
        """A stream of server-sent events, open within `with`; `last`: id of the event to go on after. Raises `Refused`."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        with self._client.stream("GET", path, headers=headers) as reply:
            if reply.status_code != 200:
                reply.read()
                raise Refused(reply, "200")
            yield _news(reply.iter_lines())


def _news(lines: Iterator[str]) -> Iterator[News]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield News(fields.get("event", ""), fields.get("id", ""), json.loads(fields["data"]))
            fields = {}


class Machine:
    """A department's system calling the exchange with its token."""

    def __init__(self, base: str, secret: str) -> None:
        self._client = httpx.Client(
            base_url=base, timeout=TIMEOUT, headers={"Authorization": f"Bearer {secret}"} if secret else {}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def call(self, service: str, body: Json, key: str) -> httpx.Response:
        return self.post(f"/exchange/v1/{service}", body, key)

    def post(self, path: str, body: Json, key: str) -> httpx.Response:
        """One request to a lane, whatever its answer."""
        return self._client.post(path, json=body, headers={"Idempotency-Key": key})

    def scan(self, terminal: str, payload: str, key: str = "", function: str = "") -> httpx.Response:
        """A terminal reads a code."""
        body = {"payload": payload, "terminal": terminal} | ({"function": function} if function else {})
        return self._client.post("/code/v1/scan", json=body, headers={"Idempotency-Key": key} if key else {})


def whole(reply: httpx.Response) -> httpx.Response:
    """The reply itself if the city said yes. Raises `Refused`."""
    if not reply.is_success:
        raise Refused(reply, "2xx")
    return reply


def _json(reply: httpx.Response) -> Json:
    whole(reply)
    return reply.json() if reply.content else None


def wait_for(look: Callable[[], T | None], seconds: float, what: str, pause: float = 0.5) -> T:
    """Ask again until there is an answer. Raises `TimeoutError` naming what did not come."""
    end = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.3, 3.0)
    return found
