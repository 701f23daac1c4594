"""The lane `/code/v1/scan`: raw ASGI in front of the group commit. Signatures are checked here, nothing is decided."""

import logging

from hunhe.kernel.lanes.shapes import (
    ASGIApp,
    GroupCommit,
    Receive,
    Scope,
    Send,
    bearer_token,
    header,
    read_body,
    reply,
    reply_problem,
)
from hunhe.stone import clock
from hunhe.stone.errors import HunheError, Invalid, Unavailable, msgid
from hunhe.wallet.code.reading import BODY_LIMIT, Incoming, Read, read_scan
from hunhe.wallet.code.scanning import Reply, answer_scans

log = logging.getLogger(__name__)
PREFIX = "/code/v1/scan"
BATCH = 256
_PASSED, _PROBLEM = b"application/json", b"application/problem+json"


def make_commit() -> GroupCommit[Read, Reply]:
    """The thread that decides and writes."""
    return GroupCommit(answer_scans, most=BATCH, name="code")


def make_lane(commit: GroupCommit[Read, Reply] | None = None) -> ASGIApp:
    """The lane, with a group commit of its own unless one is given; one per process."""
    commit = commit or make_commit()

    async def lane(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST" or scope["path"].rstrip("/") != PREFIX:
            await reply(send, 405 if scope["method"] != "POST" else 404, b"", headers=[(b"allow", b"POST")])
            return
        read = read_scan(await _incoming(scope, receive), int(clock.now().timestamp()))
        try:
            answer = await commit.submit(read)
        except HunheError as error:
            await reply_problem(send, error)
        except Exception:
            log.exception("a scan could not be recorded")
            await reply_problem(
                send,
                Unavailable("unavailable", msgid("The scan could not be recorded. Nothing was counted; scan again shortly.")),
            )
        else:
            await reply(send, answer.status, answer.body, _PASSED if answer.status == 200 else _PROBLEM)

    return lane


async def _incoming(scope: Scope, receive: Receive) -> Incoming:
    """The request, bounded. A body that is too large is as good as one that cannot be read."""
    try:
        body = await read_body(receive, BODY_LIMIT)
    except Invalid:
        body = b""
    language = header(scope, b"accept-language") or ""
    return Incoming(
        body=body,
        token=bearer_token(scope),
        idempotency=header(scope, b"idempotency-key"),
        language="en" if language.lower().startswith("en") else "zh-hans",
    )
