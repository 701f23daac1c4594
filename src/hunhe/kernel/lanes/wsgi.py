"""A WSGI application behind ASGI: bodies are spooled before a thread is taken, answers stream, leavers are noticed."""

import asyncio
import io
import logging
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from hunhe.kernel.lanes.asgi import ASGIApp, Disconnected, Receive, Scope, Send, reply_problem
from hunhe.stone.errors import Invalid, msgid

logger = logging.getLogger(__name__)
WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_IN_MEMORY = 256 * 1024


def wsgi_adapter(
    app: WSGIApp, threads: int = 8, *, body_limit: int = 512 * 1024 * 1024, after: Callable[[], object] | None = None
) -> ASGIApp:
    """Serve `app` in a pool of threads.

    A slow upload holds no thread: its body is spooled (to disk beyond 256 KiB) while the loop reads it. Larger bodies than
    `body_limit` bytes are refused with 413. `after` is called in the thread when an answer is complete.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="wsgi")

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"a page server cannot speak {scope['type']}")
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            try:
                size = await _spool(receive, body, body_limit)
            except Disconnected:
                return
            except Invalid as error:
                await reply_problem(send, error)
                return
            answer = _Answer(send, asyncio.get_running_loop())
            watcher = asyncio.ensure_future(_watch(receive, answer))
            try:
                await asyncio.get_running_loop().run_in_executor(pool, _call, app, _environ(scope, body, size), answer, after)
            finally:
                watcher.cancel()
            await answer.finish()

    return serve


async def _spool(receive: Receive, body: IO[bytes], limit: int) -> int:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(
                "request.too_large", msgid("The request is larger than %(limit)s bytes. Send less at once."), limit=limit
            )
        body.write(part)
        more = message.get("more_body", False)
    body.seek(0)
    return size


class TooLarge(Invalid):
    """The body does not fit."""

    status = 413


async def _watch(receive: Receive, answer: "_Answer") -> None:
    with suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass
        answer.left.set()


class _Answer:
    """What the application says, carried from its thread to the loop."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.left = threading.Event()
        self._send = send
        self._loop = loop
        self._start: dict[str, Any] | None = None
        self._started = False
        self._held = b""

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        if self._started and exc_info:
            raise exc_info[1]
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": raw}
        return self.write

    def write(self, chunk: bytes) -> None:
        """From the thread: keep one chunk back, so that an answer of one chunk costs the loop one visit."""
        if not chunk:
            return
        if self._held:
            self._carry(self._held, more=True)
        self._held = chunk

    def _carry(self, chunk: bytes, *, more: bool) -> None:
        if self.left.is_set():
            raise Disconnected
        asyncio.run_coroutine_threadsafe(self._say(chunk, more=more), self._loop).result()

    async def _say(self, chunk: bytes, *, more: bool) -> None:
        if not self._started:
            if self._start is None:
                raise RuntimeError("the application returned without start_response")
            self._started = True
            await self._send(self._start)
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def finish(self) -> None:
        if not self.left.is_set() and self._start is not None:
            await self._say(self._held, more=False)


def _call(app: WSGIApp, environ: dict[str, Any], answer: _Answer, after: Callable[[], object] | None) -> None:
    chunks: Iterable[bytes] = ()
    try:
        chunks = app(environ, answer.start_response)
        for chunk in chunks:
            answer.write(chunk)
    except Disconnected:
        logger.debug("the caller left before the answer was complete")
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
        if after is not None:
            after()


def _environ(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    """PEP 3333 from an ASGI scope; headers with an underscore are dropped, because they could pose as others."""
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("localhost", 80)
    path = scope.get("raw_path") or scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body if size else io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "hunhe.lanes": True,  # pages may count on the lanes beside them; a bare WSGI server has none
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        separator = "; " if name == "COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(size)
    return environ
