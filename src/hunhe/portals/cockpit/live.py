"""The stream `/cockpit/live`: server-sent events to every open wall, from one count for all of them.

An event `wall` carries the figures and the parts of the page that changed; its id resumes the stream where it broke. An event
`beat` says every few seconds when the city was last counted, so that silence is never taken for calm.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from hunhe.kernel.identity import queries as identity
from hunhe.kernel.lanes.shapes import ASGIApp, DatabaseThreads, Receive, Scope, Send, bearer_token, header, reply
from hunhe.portals.cockpit import queries
from hunhe.portals.cockpit.board import Drawing, View, draw
from hunhe.stone import ids
from hunhe.stone.errors import HunheError, Unauthenticated, Unavailable, msgid
from hunhe.stone.who import Who

logger = logging.getLogger(__name__)
PREFIX = "/cockpit/live"
EVERY, BEAT, RIGHTS = 2.0, 8.0, 30.0
"""Seconds between two counts, between two signs of life, between two looks at a viewer's rights."""
VIEWERS = 500
WHO = Who.system("cockpit")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Broadcast:
    """The one who counts while anybody looks, and what has changed since which event."""

    def __init__(self, every: float = EVERY) -> None:
        self.epoch = ids.new("liv")
        self.threads = DatabaseThreads(2, "cockpit")
        self.seq = 0
        self.at: datetime | None = None
        self._every = every
        self._views: Counter[View] = Counter()
        self._figures: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self._parts: dict[View, dict[str, tuple[int, object, str]]] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, view: View) -> None:
        self._views[view] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._count())

    def leave(self, view: View) -> None:
        self._views[view] -= 1
        self._views += Counter()
        if view not in self._views:
            self._parts.pop(view, None)
        if not self._views and self._task is not None:
            self._task.cancel()
            self._task = None
            self._figures.clear()  # by the time somebody looks again they may be old
            self.at = None

    @property
    def viewers(self) -> int:
        return self._views.total()

    async def next(self, seen: int, patience: float) -> None:
        """Wait for the count after `seen`, or until patience ends."""
        if self.seq > seen:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), patience)

    def since(self, view: View, seq: int) -> dict[str, Any]:
        """What changed after event `seq`: figures by id, parts by name."""
        return {
            "figures": {name: figure for name, (at, figure) in self._figures.items() if at > seq},
            "parts": {name: html for name, (at, _, html) in self._parts.get(view, {}).items() if at > seq},
        }

    async def _count(self) -> None:
        while True:
            started = time.monotonic()
            try:
                self._take(await self.threads.run(lambda: draw(tuple(self._views))))
            except Exception:  # the walls stand; their beat says since when nothing was counted
                logger.exception("the walls could not be drawn")
            await asyncio.sleep(max(0.0, self._every - (time.monotonic() - started)))

    def _take(self, drawing: Drawing) -> None:
        seq = self.seq + 1
        for name, figure in drawing.figures.items():
            if self._figures.get(name, (0, None))[1] != figure:
                self._figures[name] = seq, figure
        for view in self._views.keys() & drawing.parts.keys():
            kept = self._parts.setdefault(view, {})
            for name, piece in drawing.parts[view].items():
                if name not in kept or kept[name][1] != piece.mark:
                    kept[name] = seq, piece.mark, piece.html
        self.seq, self.at = seq, drawing.at
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def make_lane(broadcast: Broadcast | None = None) -> ASGIApp:
    """The lane; one broadcast per process."""
    shared = broadcast

    async def lane(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal shared
        if scope["method"] != "GET":
            await reply(send, 405, b"", headers=[(b"allow", b"GET")])
            return
        shared = shared or Broadcast()
        await _admit(scope, shared)
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        languages = [code for code, _ in settings.LANGUAGES]
        language = asked.get("lang", [""])[0].lower()
        view = View(language if language in languages else languages[0], asked.get("map", [""])[0][:100])
        last = header(scope, b"last-event-id") or asked.get("last", [""])[0]
        stream = asyncio.ensure_future(_stream(scope, send, shared, view, _resumed(last, shared)))
        gone = asyncio.ensure_future(_gone(receive))
        await asyncio.wait({stream, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stream, gone):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await stream

    return lane


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _resumed(last: str, shared: Broadcast) -> int:
    """The number of the last event seen, if it was one of this process."""
    epoch, _, seq = last.rpartition(".")
    return int(seq) if epoch == shared.epoch and seq.isascii() and seq.isdigit() and len(seq) < 16 else 0


async def _admit(scope: Scope, shared: Broadcast) -> None:
    """Refuses whoever may not see the wall; the refusal is recorded like that of any door."""
    if shared.viewers >= VIEWERS:
        raise Unavailable("cockpit.full", msgid("Too many walls are open. Try again in a minute."), retry_after=60)
    await shared.threads.run(lambda: _check(scope))


def _check(scope: Scope) -> None:
    token = bearer_token(scope)
    if token is not None:
        who = identity.who_for_token(who=WHO, token=token)
        if who is None:
            raise Unauthenticated("identity.token", msgid("This token is unknown or revoked. Create a new one."))
    else:
        who = identity.who_for_session(who=WHO, session_key=_session_key(scope))
    queries.may_watch(who=who)


def _session_key(scope: Scope) -> str:
    try:
        cookie = SimpleCookie(header(scope, b"cookie") or "").get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


async def _stream(scope: Scope, send: Send, shared: Broadcast, view: View, seen: int) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    shared.join(view)
    beat = 0.0
    checked = time.monotonic()
    try:
        while True:
            if shared.seq > seen:
                seen = await _tell(send, shared, view, seen)
            now = time.monotonic()
            if now - beat >= BEAT:
                await _say(send, "beat", {"at": shared.at.isoformat() if shared.at else None})
                beat = now
            if now - checked >= RIGHTS:
                await shared.threads.run(lambda: _check(scope))
                checked = now
            await shared.next(seen, BEAT / 4)
    except HunheError as error:
        await _say(send, "end", {"code": error.code})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        shared.leave(view)


async def _tell(send: Send, shared: Broadcast, view: View, seen: int) -> int:
    seq, changed = shared.seq, shared.since(view, seen)
    if changed["figures"] or changed["parts"]:
        at = shared.at.isoformat() if shared.at else None
        await _say(send, "wall", {"at": at, **changed}, f"{shared.epoch}.{seq}")
    return seq


async def _say(send: Send, event: str, data: object, event_id: str = "") -> None:
    """One event; JSON holds no line break, so that `data` is one line."""
    head = f"id: {event_id}\n" if event_id else ""
    body = f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
    await send({"type": "http.response.body", "body": body.encode(), "more_body": True})
