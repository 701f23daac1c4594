"""Speaks ASGI to an application, as a server would."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

from hunhe.kernel.lanes.shapes import ASGIApp


@dataclass
class Talk:
    """One request; `run` gives status and body. leave_after: chunks of the answer after which the caller hangs up."""

    method: str = "GET"
    path: str = "/"
    query: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: Iterable[bytes] = (b"",)
    leave_after: int | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)

    def run(self, app: ASGIApp) -> tuple[int, bytes]:
        asyncio.run(self.speak(app))
        start = next((message for message in self.messages if message["type"] == "http.response.start"), {"status": 0})
        return start["status"], b"".join(message.get("body", b"") for message in self.messages)

    @property
    def answer_headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    async def speak(self, app: ASGIApp) -> None:
        scope = {
            "type": "http", "method": self.method, "path": self.path, "raw_path": self.path.encode(), "query_string": self.query,
            "headers": self.headers, "http_version": "1.1", "scheme": "http", "client": ("10.0.0.9", 5), "server": ("city", 80),
        }  # fmt: skip
        left = asyncio.Event()
        parts = self._parts()

        async def receive() -> dict[str, Any]:
            async for part in parts:
                return part
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            self.messages.append(message)
            if self.leave_after is not None and len(self.messages) > self.leave_after:
                left.set()
                await asyncio.sleep(0.01)

        await app(scope, receive, send)

    async def _parts(self) -> AsyncIterator[dict[str, Any]]:
        chunks = list(self.body)
        for number, chunk in enumerate(chunks):
            yield {"type": "http.request", "body": chunk, "more_body": number + 1 < len(chunks)}
