"""The stream: refused without rights, one count for all walls, resumed where it broke, ended when rights end."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from conftest import official_client
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.indicators import queries as indicators
from hunhe.portals.cockpit import live
from hunhe.portals.cockpit.board import Drawing, Piece, View
from hunhe.portals.cockpit.live import Broadcast, make_lane
from hunhe.stone.errors import Denied, Unauthenticated
from hunhe.stone.who import Who

AT = datetime(2026, 11, 27, 6, 32, tzinfo=UTC)
Event = tuple[str, str, Any]


class Viewer:
    """One open wall: speaks ASGI, reads events."""

    def __init__(self, lane: Any, query: bytes = b"lang=zh-hans", headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.status = 0
        self._left = asyncio.Event()
        scope = {"type": "http", "method": "GET", "path": live.PREFIX, "query_string": query, "headers": list(headers)}
        self.task = asyncio.ensure_future(lane(scope, self._receive, self._send))

    async def _receive(self) -> MutableMapping[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        for block in message.get("body", b"").decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines())
            if fields:
                self.events.put_nowait((fields["event"], fields.get("id", ""), json.loads(fields["data"])))

    async def next(self, kind: str = "wall") -> Event:
        """The next event of that kind."""
        while True:
            event = await asyncio.wait_for(self.events.get(), 20)
            if event[0] == kind:
                return event

    async def leave(self) -> None:
        self._left.set()
        await asyncio.wait_for(self.task, 5)


class Rooms:
    """What the city shows: stands in for the drawing, and counts how often it is asked."""

    def __init__(self) -> None:
        self.value, self.draws, self.broken = 1, 0, False

    def draw(self, views: tuple[View, ...]) -> Drawing:
        self.draws += 1
        if self.broken:
            raise RuntimeError("no database")
        parts = {view: {"tile:a": Piece(self.value, f"<a>{self.value}</a>"), "map": Piece(0, "<m>")} for view in views}
        return Drawing(AT, {"a": {"value": self.value}, "b": {"value": 0}}, parts)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms()
    monkeypatch.setattr(live, "draw", made.draw)
    monkeypatch.setattr(live, "_check", lambda scope: None)
    return made


def play(scene: Callable[[Broadcast, Any], Coroutine[Any, Any, None]], every: float = 0.02) -> None:
    async def whole() -> None:
        broadcast = Broadcast(every=every)
        try:
            await scene(broadcast, make_lane(broadcast))
        finally:
            await asyncio.to_thread(broadcast.threads.close)

    asyncio.run(whole())


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


def test_fifty_walls_cost_one_count(rooms: Rooms) -> None:
    async def scene(broadcast: Broadcast, lane: Any) -> None:
        viewers = [Viewer(lane) for _ in range(50)]
        firsts = [await viewer.next() for viewer in viewers]
        await until(lambda: broadcast.seq >= 5)
        assert {event[2]["figures"]["a"]["value"] for event in firsts} == {1}
        assert rooms.draws <= broadcast.seq + 1
        rooms.value = 2
        seconds = [await viewer.next() for viewer in viewers]
        assert len({event[1] for event in seconds}) == 1
        for viewer in viewers:
            await viewer.leave()

    play(scene)


def test_only_what_changed_is_sent(rooms: Rooms) -> None:
    async def scene(broadcast: Broadcast, lane: Any) -> None:
        viewer = Viewer(lane)
        _, _, first = await viewer.next()
        assert (first["at"], set(first["figures"]), set(first["parts"])) == (AT.isoformat(), {"a", "b"}, {"tile:a", "map"})
        rooms.value = 7
        _, _, second = await viewer.next()
        assert (second["figures"], second["parts"]) == ({"a": {"value": 7}}, {"tile:a": "<a>7</a>"})
        await viewer.leave()

    play(scene)


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_broken_stream_goes_on_where_it_was(rooms: Rooms, way: str) -> None:
    async def scene(broadcast: Broadcast, lane: Any) -> None:
        stays, breaks = Viewer(lane), Viewer(lane)
        _, last, _ = await breaks.next()
        await stays.next()
        await breaks.leave()
        rooms.value = 3
        await stays.next()
        if way == "header":
            back = Viewer(lane, headers=((b"last-event-id", last.encode()),))
        else:
            back = Viewer(lane, query=b"lang=zh-hans&last=" + last.encode())
        _, _, missed = await back.next()
        assert (set(missed["figures"]), set(missed["parts"])) == ({"a"}, {"tile:a"})
        other = Viewer(lane, headers=((b"last-event-id", b"liv_of_another_process.99999999"),))
        assert set((await other.next())[2]["figures"]) == {"a", "b"}
        for viewer in (stays, back, other):
            await viewer.leave()

    play(scene)


def test_nobody_looking_nobody_counts(rooms: Rooms) -> None:
    async def scene(broadcast: Broadcast, lane: Any) -> None:
        viewer = Viewer(lane)
        await viewer.next()
        assert broadcast.viewers == 1
        await viewer.leave()
        assert broadcast.viewers == 0
        drawn = rooms.draws
        await asyncio.sleep(0.1)
        assert rooms.draws <= drawn + 1
        rooms.value = 9
        again = Viewer(lane)
        assert (await again.next())[2]["figures"]["a"]["value"] == 9
        await again.leave()

    play(scene)


def test_a_broken_count_is_told_by_its_age_and_not_by_silence(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.05)

    async def scene(broadcast: Broadcast, lane: Any) -> None:
        viewer = Viewer(lane)
        await viewer.next()
        rooms.broken = True
        for _ in range(3):
            assert (await viewer.next("beat"))[2] == {"at": AT.isoformat()}
        rooms.broken, rooms.value = False, 4
        assert (await viewer.next())[2]["figures"]["a"]["value"] == 4
        await viewer.leave()

    play(scene)


def test_too_many_walls_are_refused(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "VIEWERS", 1)

    async def scene(broadcast: Broadcast, lane: Any) -> None:
        viewer = Viewer(lane)
        await viewer.next()
        with pytest.raises(live.Unavailable):
            await Viewer(lane).task
        await viewer.leave()

    play(scene)


@pytest.mark.parametrize("query", [b"lang=xx&map=nothing", b"lang=&map=%00", b"last=..", b"last=a.1e9", b""])
def test_odd_wishes_get_the_usual_wall(rooms: Rooms, query: bytes) -> None:
    async def scene(broadcast: Broadcast, lane: Any) -> None:
        viewer = Viewer(lane, query=query)
        assert set((await viewer.next())[2]["parts"]) == {"tile:a", "map"}
        await viewer.leave()

    play(scene)


def cookie(client: Client) -> tuple[bytes, bytes]:
    return (b"cookie", f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode())


@pytest.fixture
def threads_end() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_rights_open_and_end_the_stream(
    threads_end: None, prepared_city: None, demo_folder: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger and a steward are refused, the steward's refusal is recorded; a reviewer sees what the API says, until signed out."""
    monkeypatch.setattr(live, "RIGHTS", 0.2)
    monkeypatch.setattr(live, "BEAT", 0.2)
    reviewer, steward = official_client("reviewer"), official_client("steward", "human_resources")
    known = {one.id: one for one in indicators.list_indicators(who=Who.system("test"))}
    value = reviewer.get("/api/v1/indicators/collect.batches_today").json()["value"]

    async def scene(broadcast: Broadcast, lane: Any) -> None:
        with pytest.raises(Unauthenticated):
            await Viewer(lane).task
        with pytest.raises(Denied):
            await Viewer(lane, headers=(cookie(steward),)).task
        viewer = Viewer(lane, headers=(cookie(reviewer),))
        _, _, first = await viewer.next()
        assert set(first["figures"]) == set(known)
        assert first["figures"]["collect.batches_today"]["value"] == value
        assert "示意图" in first["parts"]["map"]
        await asyncio.to_thread(_signed_out, reviewer)
        assert (await viewer.next("end"))[2] == {"code": "door.sign_in"}
        await asyncio.wait_for(viewer.task, 5)
        assert (viewer.status, broadcast.viewers) == (200, 0)

    play(scene)
    refused = [entry for entry in audit.list_entries(who=Who.system("test")).items if entry.act == "door.denied"]
    assert [entry.object for entry in refused] == ["hunhe.portals.cockpit.queries.may_watch"]


def _signed_out(client: Client) -> None:
    client.logout()
    connections.close_all()
