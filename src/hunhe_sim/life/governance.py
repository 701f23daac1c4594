"""The street lives: people report, a dispatcher sends teams, teams fix, an inspector checks; now and then one did not go."""

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import meet_citizen
from hunhe_sim.day.governance import API, REPORTERS, Street, act, find_street, member_of, official, upload
from hunhe_sim.day.visitor import Json
from hunhe_sim.life.habit import Habit

STREETS = 13
KINDS = ("c0103", "c0102", "c0120", "c0303", "e0102", "e0103", "e0104", "e0201", "e0302", "e0304", "e0402", "c0401")
MOST_OPEN = 40
WORDS = ("路过看到的（示例）", "请尽快看看（示例）", "孩子上学要走这里（示例）", "")


def habits(cast: Cast) -> list[Habit]:
    rng = np.random.default_rng()
    numbers = count()
    return [
        Habit("street report", lambda: _report(cast, rng, next(numbers)), 25.0),
        Habit("street dispatch", lambda: _second(cast, "dispatcher", "waiting", lambda found: _dispatch(cast, found)), 40.0),
        Habit("street fix", lambda: _second(cast, "fixer", "doing", lambda found: _fix(cast, rng, found)), 50.0),
        Habit("street check", lambda: _second(cast, "inspector", "checking", lambda found: _check(cast, rng, found)), 55.0),
    ]


def _report(cast: Cast, rng: np.random.Generator, number: int) -> None:
    """Somewhere in some district; where much is open already, people wait."""
    waiting = official(cast, "dispatcher").get(f"{API}/problems", state="waiting")["items"]
    if len(waiting) >= MOST_OPEN:
        return
    person = meet_citizen(cast, int(rng.integers(REPORTERS + 1)))
    middle = find_street(cast, int(rng.integers(STREETS)))
    there = Street(round(middle.lon + float(rng.normal(0, 0.004)), 6), round(middle.lat + float(rng.normal(0, 0.003)), 6))
    kind = KINDS[int(rng.integers(len(KINDS)))]
    said: dict[str, Any] = {"kind": kind, "lon": there.lon, "lat": there.lat, "words": WORDS[number % len(WORDS)]}
    if rng.random() < 0.7:
        said["photos"] = [upload(person.visitor, there, mended=False)]
    person.visitor.post(f"{API}/reports", said, key=f"street life {there.lon} {there.lat} {number}")


def _second(cast: Cast, role: str, state: str, do: Callable[[Json], object]) -> None:
    """The second oldest, where more than two wait: the pages always have something to show, and the first of a list is left to visitors."""
    found = official(cast, role).get(f"{API}/problems", state=state)["items"]
    if len(found) > 2:
        do(found[1])


def _dispatch(cast: Cast, found: Json) -> None:
    dispatcher = official(cast, "dispatcher")
    teams = dispatcher.get(f"{API}/problems/{found['id']}/teams")
    act(dispatcher, found["id"], "dispatch", {"team": teams[0]["team"]["id"]})


def _fix(cast: Cast, rng: np.random.Generator, found: Json) -> None:
    fixer = member_of(cast, found)
    away = 600.0 if rng.random() < 0.1 else float(rng.uniform(0, 60))
    photo = upload(fixer, Street(found["lon"], found["lat"]).north(away), mended=True)
    act(fixer, found["id"], "fix", {"photos": [photo]})


def _check(cast: Cast, rng: np.random.Generator, found: Json) -> None:
    passes = bool(rng.random() > 0.1)
    said: dict[str, Any] = {"passes": passes} if passes else {"passes": False, "note": "路面没有恢复（示例）"}
    act(official(cast, "inspector"), found["id"], "check", said)
