"""The one web process: raw lanes by longest path prefix, everything else to Django in threads.

`/healthz` says whether the database answers; `/metrics` counts, in Prometheus' text form. Import only after Django is up.
"""

import importlib
import importlib.util
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.events import queries as events
from hunhe.kernel.lanes.shapes import (
    ASGIApp,
    DatabaseThreads,
    Message,
    Receive,
    Scope,
    Send,
    reply,
    reply_json,
    reply_problem,
    wsgi_adapter,
)
from hunhe.stone.errors import HunheError, msgid
from hunhe.stone.who import Who

logger = logging.getLogger(__name__)
WHO = Who.system("web")
PAGES = "/"


class Gateway:
    """The ASGI application: finds the lane, counts, and answers for lanes that raise."""

    def __init__(self) -> None:
        self._database = DatabaseThreads(2, "house")
        pages = wsgi_adapter(get_wsgi_application(), threads=8, after=lambda: audit.flush_denied(who=WHO))
        own = {"/healthz": self._healthz, "/metrics": self._metrics}
        self._lanes = sorted([*_lanes(), *own.items(), (PAGES, pages)], key=lambda lane: len(lane[0]), reverse=True)
        self._answers: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        prefix, lane = self._lane(scope["path"])
        started = time.perf_counter()
        status = 0

        async def counting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await lane(scope, receive, counting)
        except HunheError as error:
            if status:
                raise
            await reply_problem(counting, error)
        except Exception:
            logger.exception("lane %s failed", prefix)
            if status:
                raise
            await reply_problem(counting, Failed("house.failed", msgid("Something failed here. It has been noted.")))
        finally:
            self._answers[prefix, status] += 1
            self._seconds[prefix] += time.perf_counter() - started

    def _lane(self, path: str) -> tuple[str, ASGIApp]:
        for prefix, lane in self._lanes:
            if path.startswith(prefix) and (path[len(prefix) : len(prefix) + 1] in ("", "/") or prefix.endswith("/")):
                return prefix, lane
        return self._lanes[-1]

    async def _healthz(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._database.run(_ask_database)
        except DatabaseError:
            logger.exception("the database does not answer")
            await reply_json(send, 503, {"status": "database"})
            return
        await reply_json(send, 200, {"status": "ok"})

    async def _metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        lines = [*self._counts(), *await self._database.run(lambda: list(_stocks()))]
        await reply(send, 200, "".join(f"{line}\n" for line in lines).encode(), b"text/plain; version=0.0.4")

    def _counts(self) -> Iterator[str]:
        yield "# HELP hunhe_answers_total Answers by lane and status; 0: the caller left first."
        yield "# TYPE hunhe_answers_total counter"
        for (prefix, status), count in sorted(self._answers.items()):
            yield f'hunhe_answers_total{{lane="{prefix}",status="{status}"}} {count}'
        yield "# HELP hunhe_answer_seconds_total Time spent answering, by lane."
        yield "# TYPE hunhe_answer_seconds_total counter"
        for prefix, seconds in sorted(self._seconds.items()):
            yield f'hunhe_answer_seconds_total{{lane="{prefix}"}} {seconds:.6f}'


class Failed(HunheError):
    """A lane raised what it should not have."""


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _stocks() -> Iterator[str]:
    """What lies in the database now."""
    size = audit_log.log_size(who=WHO)
    yield "# HELP hunhe_audit_entries Entries of the audit log, sealed and waiting to be."
    yield "# TYPE hunhe_audit_entries gauge"
    yield f'hunhe_audit_entries{{state="sealed"}} {size.sealed}'
    yield f'hunhe_audit_entries{{state="waiting"}} {size.waiting}'
    yield "# HELP hunhe_work Jobs and deliveries that are not done."
    yield "# TYPE hunhe_work gauge"
    for stock in events.backlog(who=WHO):
        yield f'hunhe_work{{kind="{stock.kind}",state="{stock.state}"}} {stock.count}'


def _lanes() -> Iterator[tuple[str, ASGIApp]]:
    """Every room's lanes, built once."""
    for config in apps.get_app_configs():
        name = f"{config.name}.endpoints"
        if config.name.startswith("hunhe.") and importlib.util.find_spec(name) is not None:
            for prefix, build in getattr(importlib.import_module(name), "lanes", {}).items():
                yield prefix, build()


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
