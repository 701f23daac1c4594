"""The lane `/exchange/v1/<service>`: raw ASGI in front of the group commit. Nothing is decided here."""

import logging
import re

from hunhe.hub.exchange.answers import Incoming
from hunhe.hub.exchange.calls import Reply, answer_calls
from hunhe.hub.exchange.rules.requests import BODY_LIMIT
from hunhe.kernel.lanes.shapes import (
    ASGIApp,
    GroupCommit,
    Receive,
    Scope,
    Send,
    bearer_token,
    read_body,
    reply,
    reply_problem,
)
from hunhe.stone.errors import HunheError, Invalid, Unavailable, msgid

log = logging.getLogger(__name__)
PREFIX = "/exchange/v1"
BATCH = 256
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,140}")
_TOO_LARGE = b" " * (BODY_LIMIT + 1)
_RESULT, _PROBLEM = b"application/json", b"application/problem+json"


def make_commit() -> GroupCommit[Incoming, Reply]:
    """The thread that decides and writes."""
    return GroupCommit(answer_calls, most=BATCH, name="exchange")


def make_lane(commit: GroupCommit[Incoming, Reply] | None = None) -> ASGIApp:
    """The lane, with a group commit of its own unless one is given; one per process."""
    commit = commit or make_commit()

    async def lane(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await reply(send, 405, b"", headers=[(b"allow", b"POST")])
            return
        incoming = await _read(scope, receive)
        try:
            answer = await commit.submit(incoming)
        except HunheError as error:
            await reply_problem(send, error)
        except Exception:
            log.exception("a call to %s could not be recorded", incoming.service)
            await reply_problem(
                send,
                Unavailable("unavailable", msgid("The data cannot be read right now. Nothing was counted; try again shortly.")),
            )
        else:
            wait = () if answer.retry_after is None else ((b"retry-after", str(answer.retry_after).encode()),)
            await reply(send, answer.status, answer.body, _RESULT if answer.status == 200 else _PROBLEM, wait)

    return lane


async def _read(scope: Scope, receive: Receive) -> Incoming:
    """The request, bounded. A body that is too large is as good as one that cannot be read."""
    name = scope["path"].removeprefix(PREFIX).strip("/")
    try:
        body = await read_body(receive, BODY_LIMIT)
    except Invalid:
        body = _TOO_LARGE
    idempotency = language = None
    for header, value in scope["headers"]:
        if header == b"idempotency-key":
            idempotency = value
        elif header == b"accept-language":
            language = value
    return Incoming(
        service=name if _CODE.fullmatch(name) else "?",
        body=body,
        token=bearer_token(scope),
        idempotency=idempotency,
        language="en" if language is not None and language.lower().startswith(b"en") else "zh-hans",
    )
