"""Speaks ASGI to a lane, as a server would."""

import asyncio
import json
from collections.abc import Iterable, MutableMapping
from typing import Any

from hunhe.kernel.lanes.shapes import ASGIApp


def ask(
    lane: ASGIApp, path: str, body: bytes, headers: Iterable[tuple[bytes, bytes]] = (), method: str = "POST", pieces: int = 1
) -> tuple[int, dict[bytes, bytes], Any]:
    """Status, headers and JSON of one request; the body comes in several pieces."""
    size = max(1, -(-len(body) // pieces))
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": number + 1 < len(parts)} for number, part in enumerate(parts)
    ]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}
    asyncio.run(lane(scope, receive, send))
    raw = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), json.loads(raw) if raw else None
