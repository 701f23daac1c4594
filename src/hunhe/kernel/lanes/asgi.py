"""Raw ASGI: read with a limit, reply with JSON, a problem or bytes."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeVar

import msgspec

from hunhe.kernel.lanes.wiring import wiring
from hunhe.stone.errors import HunheError, Invalid, msgid

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

T = TypeVar("T")
_encoder = msgspec.json.Encoder(enc_hook=str)


class Disconnected(Exception):
    """The caller went away while speaking."""


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that lower-case name."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def bearer_token(scope: Scope) -> str | None:
    """The token of `Authorization: Bearer …`, None when there is none."""
    kind, _, token = (header(scope, b"authorization") or "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body; Invalid beyond `limit` bytes, Disconnected when the caller leaves."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise Invalid(
                "request.too_large", msgid("The request is larger than %(limit)s bytes. Send less at once."), limit=limit
            )
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def read_json(receive: Receive, limit: int, decoder: "msgspec.json.Decoder[T]") -> T:
    """The body as the decoder's type; Invalid when it is no JSON of that form."""
    body = await read_body(receive, limit)
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # a ValidationError is a DecodeError
        raise Invalid(
            "request.json", msgid("The request body is not what this service expects: %(reason)s"), reason=str(error)
        ) from error


async def reply(
    send: Send, status: int, body: bytes, media_type: bytes = b"application/json", headers: Iterable[Header] = ()
) -> None:
    """One whole answer."""
    own = [(b"content-type", media_type), (b"content-length", str(len(body)).encode()), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})


async def reply_json(send: Send, status: int, value: object, headers: Iterable[Header] = ()) -> None:
    await reply(send, status, _encoder.encode(value), headers=headers)


async def reply_problem(send: Send, error: HunheError, **more: object) -> None:
    """A refusal as RFC 9457 problem details; `more` are members beside the usual ones (a receipt of the refusal)."""
    body = {
        "type": f"urn:hunhe:problem:{error.code}",
        "code": error.code,
        "status": error.status,
        "title": wiring.say(error),
        **more,
    }
    headers = [(b"retry-after", str(error.params["retry_after"]).encode())] if "retry_after" in error.params else []
    await reply(send, error.status, _encoder.encode(body), b"application/problem+json", headers)
