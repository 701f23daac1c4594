"""The lane `/telemetry/v1/batches`: raw ASGI in front of the group commit. POST takes a batch, GET …/<batch> tells what became of it."""

import logging

from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.intake import Incoming, Reply, body_of, caller_of, take_batches
from hunhe.hub.telemetry.rules.batches import BODY_LIMIT
from hunhe.kernel.lanes.shapes import (
    ASGIApp,
    DatabaseThreads,
    GroupCommit,
    Receive,
    Scope,
    Send,
    bearer_token,
    read_body,
    reply,
    reply_problem,
)
from hunhe.stone.errors import HunheError, NotFound, Unavailable, msgid

log = logging.getLogger(__name__)
PREFIX = "/telemetry/v1/batches"
AT_ONCE = 64


def make_commit() -> GroupCommit[Incoming, Reply]:
    """The thread that keeps batches."""
    return GroupCommit(take_batches, most=AT_ONCE, queued=512, name="telemetry")


def make_lane(commit: GroupCommit[Incoming, Reply] | None = None) -> ASGIApp:
    """The lane, with a group commit of its own unless one is given; one per process."""
    commit = commit or make_commit()
    threads = DatabaseThreads(1, "telemetry")

    async def lane(scope: Scope, receive: Receive, send: Send) -> None:
        code = scope["path"].removeprefix(PREFIX).strip("/")
        try:
            if scope["method"] == "POST" and not code:
                answer = await commit.submit(await _incoming(scope, receive))
            elif scope["method"] == "GET" and code:
                token = bearer_token(scope)
                answer = await threads.run(lambda: read_back(token, code))
            else:
                await reply(send, 405, b"", headers=[(b"allow", b"GET" if code else b"POST")])
                return
        except HunheError as error:
            answer = Reply(refusal=error)
        except Exception:
            log.exception("a batch could not be kept")
            answer = Reply(refusal=Unavailable("unavailable", msgid("Nothing was kept. Send the same batch again shortly.")))
        if answer.refusal is not None:
            await reply_problem(send, answer.refusal)
        else:
            await reply(send, 200, answer.body)

    return lane


async def _incoming(scope: Scope, receive: Receive) -> Incoming:
    key = next((value for name, value in scope["headers"] if name == b"idempotency-key"), None)
    return Incoming(await read_body(receive, BODY_LIMIT), bearer_token(scope), key)


def read_back(token: str | None, code: str) -> Reply:
    """A batch, for the client that sent it. NotFound for anybody else's."""
    who = caller_of(token)
    row = models.Batch.objects.select_related("source").filter(client=who.id, code=code).first()
    if row is None:
        raise NotFound("telemetry.batch.unknown", msgid("There is no such batch of yours."))
    return Reply(body_of(row))
