"""REST interfaces of the world outside (模拟): the market register, with faults on demand, and the police's liveness check. Answers only on this machine."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from hunhe_sim.systems import market_regulation
from hunhe_sim.systems.police_liveness import Answered, Police
from hunhe_sim.world import WORLD

LARGEST_PAGE = 5000
LARGEST_BODY = 16_384
FAULTS = ("timeouts", "5xx", "truncated")
FAULT_EVERY = 4  # one request in four, counted, so that a retry succeeds
HANG_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Register:
    """What the server serves: a world's enterprise file, its key, and the faults to play."""

    folder: Path
    key: str
    faults: tuple[str, ...] = ()
    hang_seconds: float = HANG_SECONDS
    requests: Iterator[int] = field(default_factory=lambda: count(1))
    police: Police = field(default_factory=Police)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        path = self.folder / market_regulation.FILE
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            yield connection

    def fault(self) -> str | None:
        """The fault this request meets, if any: each in turn, one request in four."""
        number = next(self.requests)
        if not self.faults or number % FAULT_EVERY:
            return None
        return self.faults[number // FAULT_EVERY % len(self.faults)]


def register_of(folder: Path, faults: tuple[str, ...] = ()) -> Register:
    """Raises `ValueError` for a folder without a finished world or an unknown fault."""
    if unknown := set(faults) - set(FAULTS):
        raise ValueError(f"unknown faults {sorted(unknown)}; known are {', '.join(FAULTS)}")
    if not (folder / WORLD).exists():
        raise ValueError(f"{folder} holds no finished world")
    return Register(folder, json.loads((folder / WORLD).read_text(encoding="utf-8"))["api_key"], faults)


def make_server(register: Register, port: int) -> ThreadingHTTPServer:
    """A server bound to 127.0.0.1 (port 0: any free one); the caller runs and closes it."""

    class Handler(RegisterHandler):
        pass

    Handler.register = register
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class RegisterHandler(BaseHTTPRequestHandler):
    register: Register
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/liveness"):
            return self._police("GET", url.path, b"")
        if url.path == "/":
            paths = ["/enterprises", "/liveness"]
            return self._reply(HTTPStatus.OK, {"name": market_regulation.NAME, "simulated": True, "paths": paths})
        if url.path != "/enterprises":
            return self._reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        if self.headers.get("X-Api-Key") != self.register.key:
            return self._reply(HTTPStatus.UNAUTHORIZED, {"error": "wrong or missing X-Api-Key"})
        try:
            page, size = _paging(url.query)
        except ValueError as error:
            return self._reply(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        return self._answer(page, size)

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if not url.path.startswith("/liveness") or length > LARGEST_BODY:
            self.close_connection = True
            return self._reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        return self._police("POST", url.path, self.rfile.read(length))

    def _police(self, method: str, path: str, body: bytes) -> None:
        own = f"http://{self.headers.get('Host', '')}"
        knows = self.headers.get("X-Api-Key") == self.register.key
        self._send(self.register.police.answer(method, path, body, knows_key=knows, own=own))

    def _send(self, answered: Answered) -> None:
        self.send_response(answered.status)
        self.send_header("Content-Type", answered.media_type)
        self.send_header("Content-Length", str(len(answered.body)))
        self.end_headers()
        self.wfile.write(answered.body)

    def _answer(self, page: int, size: int) -> None:
        fault = self.register.fault()
        if fault == "timeouts":
            time.sleep(self.register.hang_seconds)
        if fault == "5xx":
            return self._reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "simulated fault"})
        with self.register.open() as connection:
            total, items = market_regulation.read_page(connection, page, size)
        following = page + 1 if page * size < total else None
        return self._reply(HTTPStatus.OK, {"total": total, "items": items, "next": following}, whole=fault != "truncated")

    def _reply(self, status: HTTPStatus, value: object, whole: bool = True) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if whole else body[: len(body) // 2])
        if not whole:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the hub keeps the record of its own requests."""


def _paging(query: str) -> tuple[int, int]:
    given = parse_qs(query)
    page, size = (int(given.get(name, [default])[0]) for name, default in (("page", "1"), ("size", "500")))
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise ValueError(f"page counts from 1 and size lies in 1..{LARGEST_PAGE}")
    return page, size
