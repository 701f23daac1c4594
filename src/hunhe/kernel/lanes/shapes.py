"""The mechanism of lanes, for rooms above: group commit, database threads, raw ASGI in and out.

Plain Python: what it needs of Django is installed at start by the room's `apps`.
"""

from collections.abc import Callable

from hunhe.kernel.lanes.asgi import (
    ASGIApp,
    Message,
    Receive,
    Scope,
    Send,
    bearer_token,
    header,
    read_body,
    read_json,
    reply,
    reply_json,
    reply_problem,
)
from hunhe.kernel.lanes.group_commit import GroupCommit
from hunhe.kernel.lanes.threads import DatabaseThreads
from hunhe.kernel.lanes.wiring import Context, Say, wiring
from hunhe.kernel.lanes.wsgi import wsgi_adapter

__all__ = [
    "ASGIApp",
    "DatabaseThreads",
    "GroupCommit",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "bearer_token",
    "header",
    "install",
    "read_body",
    "read_json",
    "reply",
    "reply_json",
    "reply_problem",
    "wsgi_adapter",
]


def install(*, database: Context, batch: Context, say: Say, leave: Callable[[], None]) -> None:
    """At start: how to hold a connection, how to make one transaction, how to say a refusal, how to end a thread."""
    wiring.database, wiring.batch, wiring.say, wiring.leave = database, batch, say, leave
