"""Stations go on reporting; their bureau works on the orders that come, but leaves visitors time to be first."""

import time
from datetime import UTC, datetime, timedelta

from hunhe_sim.air.stations import later, minute_now, text_of
from hunhe_sim.day.cast import Cast
from hunhe_sim.day.telemetry import DEPARTMENT, METRIC, Feed, live_stations
from hunhe_sim.life.habit import Habit

LONGEST_CATCH_UP = 120
LEFT_ALONE = timedelta(minutes=25)
FACTS = {
    "confirm": {"finding": "复测一致（示例）"},
    "report": {"measures": "洒水、限产已落实（示例）"},
    "close": {"result": "读数已回落（示例）"},
}
NEXT = {"verify": ("clerk", "confirm"), "handle": ("clerk", "report"), "review": ("approver", "close")}


def habits(cast: Cast) -> list[Habit]:
    feed, stations = live_stations(cast)
    sent = {station.code: minute_now() - LONGEST_CATCH_UP for station in stations}

    def report() -> None:
        now = minute_now()
        rows = []
        for station in stations:
            after = max(sent[station.code], int(cast.memory.get("air anchor") or 0), now - LONGEST_CATCH_UP)
            rows += [
                {"site": station.code, "metric": METRIC, "at": text_of(minute), "value": value}
                for minute, value in later(station, after, now)
            ]
        if rows:
            _send(feed, rows, now)
        sent.update(dict.fromkeys(sent, now))

    return [
        Habit("air", report, 20.0),
        Habit("air order", lambda: _work(cast), 150.0, time.monotonic() + 150.0),
    ]


def _send(feed: Feed, rows: list[dict[str, object]], now: int) -> None:
    feed.send(rows, f"live.{now}")


def _work(cast: Cast) -> None:
    """Take the oldest order that has waited long enough one step on."""
    before = (datetime.now(tz=UTC) - LEFT_ALONE).isoformat()
    for role in ("clerk", "approver"):
        official = cast.official(f"{DEPARTMENT}.{role}")
        for task in official.get("/api/v1/flow/inbox")["items"]:
            if task["procedure"] != "air_warning_order" or task["arrived_at"] > before or NEXT[task["stage"]][0] != role:
                continue
            case = official.get(f"/api/v1/flow/cases/{task['case_id']}")
            move = NEXT[task["stage"]][1]
            body = {"move": move, "rev": case["rev"], "facts": FACTS[move], "note": ""}
            official.post(f"/api/v1/flow/cases/{case['id']}/moves", body, key=f"{move} {case['id']} {case['rev']}")
            return
