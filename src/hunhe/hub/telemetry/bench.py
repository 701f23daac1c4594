"""`bench observe`: readings kept and judged a second, beside the floor of the same run: the same rows, group-committed bare."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection

from hunhe.hub.telemetry import actions, models
from hunhe.hub.telemetry.intake import Incoming
from hunhe.hub.telemetry.lane import make_commit
from hunhe.hub.telemetry.rules.moments import minute_of, write_moment
from hunhe.hub.telemetry.shapes import NewSite
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.lanes.shapes import GroupCommit
from hunhe.stone import ids
from hunhe.stone.who import Who

_SYSTEM = Who.system("bench")
_DEPARTMENT = "ecology_environment"
_FLOOR = "CREATE TABLE bench_floor (site_id text, metric text, at integer, value double precision, batch_id integer, UNIQUE (site_id, metric, at))"
_INSERT = "INSERT INTO bench_floor VALUES (%s, %s, %s, %s, %s)"
_START = minute_of(datetime(2020, 1, 1, tzinfo=UTC), 480)
IN_FLIGHT = 64
Row = tuple[str, str, int, float, int]


def bench_observe(sites: int = 40, hours: int = 3_000, at_once: int = 100) -> list[dict[str, Any]]:
    """Deliveries of `at_once` hourly readings from `sites` sites, 64 waiting at a time, each answered after its commit is synced.

    Every tenth row is above the threshold, so that warnings open and close all the time. Floor and intake take turns, twice;
    the better rate of each counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR)
    best: dict[str, tuple[float, float]] = {}
    total, size = sites * hours // 2, IN_FLIGHT
    try:
        for turn in range(2):
            token, code = _source(sites)
            span = range(turn * hours // 2, (turn + 1) * hours // 2)
            intake = make_commit()
            kept = _timed(intake, [Incoming(body, token, None) for body in _bodies(code, sites, span, at_once)])
            size = max(1, round(intake.items / max(1, intake.batches)))
            bare = _timed(GroupCommit(_write_bare, most=size), _rows(sites, span, at_once))
            for name, found in (("kept", kept), ("bare", bare)):
                if name not in best or found[0] < best[name][0]:
                    best[name] = found
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_floor")
    stored = models.Reading.objects.count()
    if stored < 2 * total:
        raise RuntimeError(f"{2 * total} readings were acknowledged, {stored} are kept")
    rate, floor = total / best["kept"][0], total / best["bare"][0]
    found_warnings = models.Warning.objects.filter(kind="over").count()
    detail = (
        f"{total} readings in deliveries of {at_once} from {sites} sites, {IN_FLIGHT} waiting, one writer, no HTTP;"
        f" every delivery on disk before its answer, p99 {best['kept'][1] * 1000:.0f} ms; {found_warnings} warnings found;"
        f" floor: the same rows in a bare table with the same key, {size} deliveries a commit like the intake's"
    )
    return [
        {
            "bench": "observe",
            "value": round(rate, 1),
            "unit": "readings/s",
            "floor": round(floor, 1),
            "ratio": round(rate / floor, 3),
            "detail": detail,
        }
    ]


def _source(sites: int) -> tuple[str, str]:
    client = identity.create_client(who=_SYSTEM, name="bench", department=_DEPARTMENT)
    code = f"bench_{ids.new('x')[-12:]}"
    actions.register_source(
        who=_SYSTEM,
        code=code,
        name="bench",
        department=_DEPARTMENT,
        client=client.client.id,
        metrics=("pm25",),
        sites=[NewSite(code=f"site {number}") for number in range(sites)],
        mode="replay",
    )
    return client.secret, code


def _value(site: int, hour: int) -> float:
    return 200.0 if (hour + site) % 40 < 4 else 60.0 + (hour * 7 + site) % 50


def _bodies(source: str, sites: int, span: range, at_once: int) -> list[bytes]:
    found = []
    for first in range(span.start, span.stop, at_once):
        hours = range(first, min(first + at_once, span.stop))
        times = [write_moment(_START + hour * 60) for hour in hours]
        for site in range(sites):
            readings = [
                {"site": f"site {site}", "metric": "pm25", "at": at, "value": _value(site, hour)}
                for hour, at in zip(hours, times, strict=True)
            ]
            found.append(msgspec.json.encode({"source": source, "readings": readings}))
    return found


def _rows(sites: int, span: range, at_once: int) -> list[list[Row]]:
    return [
        [
            (f"site_{site:026}", "pm25", _START + hour * 60, _value(site, hour), 1)
            for hour in range(first, min(first + at_once, span.stop))
        ]
        for first in range(span.start, span.stop, at_once)
        for site in range(sites)
    ]


def _write_bare(deliveries: Sequence[list[Row]]) -> Sequence[None]:
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [row for rows in deliveries for row in rows])
    return [None] * len(deliveries)


def _timed(commit: "GroupCommit[Any, Any]", items: Sequence[Any]) -> tuple[float, float]:
    """Seconds for all, and the 99th percentile of one."""
    waits: list[float] = []
    started = time.perf_counter()
    asyncio.run(_all(commit.submit, items, waits))
    seconds = time.perf_counter() - started
    commit.close()
    return seconds, sorted(waits)[len(waits) * 99 // 100]


async def _all(submit: Callable[[Any], Awaitable[Any]], items: Sequence[Any], waits: list[float]) -> None:
    left = iter(items)

    async def worker() -> None:
        for item in left:
            began = time.perf_counter()
            answer = await submit(item)
            if getattr(answer, "refusal", None) is not None:
                raise RuntimeError(str(answer.refusal))
            waits.append(time.perf_counter() - began)

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
