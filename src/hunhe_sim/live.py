"""A gentle life for a demo: departments call, lists arrive, people look at pages, at a human pace, until told to stop."""

import sys
import threading
import time
from dataclasses import replace
from itertools import count

import numpy as np

from hunhe_sim.day.cast import Cast, DayOrder
from hunhe_sim.day.exchange import CALLER, COLUMNS, PROVIDER, client_secret, find_lookup, today
from hunhe_sim.day.grants import Wish, ask_for_grant, obtain_grant
from hunhe_sim.day.report import EXPECTED
from hunhe_sim.day.truth import Person
from hunhe_sim.day.visitor import Machine
from hunhe_sim.life import cockpit, code, consent, governance, service, telemetry
from hunhe_sim.life.habit import Habit
from hunhe_sim.systems.changes import next_employment_list

PEOPLE = 200
PURPOSE = "日常参保核对（示例）"
WAITING = "高龄津贴按月复核（示例）"  # left for whoever tries the demo to decide
OVER_SECONDS = 300.0  # a list, at the earliest
PAGES = (("", "/"), ("data_bureau.leader", "/cockpit/"), ("data_bureau.reviewer", "/desk/"), ("", "/developer/"))


def live(order: DayOrder, stop: threading.Event, pace: float = 1.0) -> None:
    """Live until `stop` is set. What fails is said on stderr and tried again later and later, up to ten minutes; nothing is kept."""
    while not stop.is_set():
        try:
            with Cast(order) as cast:
                _live(_habits(cast), stop, pace)
        except EXPECTED as error:
            _say("start", error)
            stop.wait(30 / pace)


def _live(habits: list[Habit], stop: threading.Event, pace: float) -> None:
    """Returns when told to stop; raises when a habit failed often enough that sessions had better be opened anew."""
    while not stop.is_set():
        habit = min(habits, key=lambda each: each.due)
        if stop.wait(max(0.0, habit.due - time.monotonic())):
            return
        try:
            habit.act()
            habit.failures = 0
        except EXPECTED as error:
            habit.failures += 1
            _say(habit.name, error)
            if habit.failures > 5:
                raise
        habit.due = time.monotonic() + min(600.0, habit.pause * 2**habit.failures) / pace


def _habits(cast: Cast) -> list[Habit]:
    rng = np.random.default_rng()
    people = cast.truth.plain_people(min(PEOPLE, max(2, cast.truth.world["people"] // 10)))
    wish = _wish(cast)
    obtain_grant(cast, wish)
    ask_for_grant(cast, replace(wish, key="live waiting", applicant="civil_affairs", purpose=WAITING, quota=200))
    machine, numbers = cast.machine(client_secret(cast)), count(int(time.time()))
    pages = count()
    slow = max(OVER_SECONDS, cast.truth.world["people"] / 50)
    start = time.monotonic()
    return [
        Habit("call", lambda: _call(machine, wish, people[rng.integers(len(people))], next(numbers)), 7.0),
        Habit(
            "refused call", lambda: _call(machine, wish, people[0], next(numbers), purpose="好奇（示例）"), 1800.0, start + 60
        ),
        Habit("page", lambda: _look(cast, *PAGES[next(pages) % len(PAGES)]), 11.0),
        Habit("list", lambda: _new_list(cast, rng), slow, start + slow / 3),
        *code.habits(cast),
        *governance.habits(cast),
        *cockpit.habits(cast),
        *consent.habits(cast),
        *telemetry.habits(cast),
        *service.habits(cast),
    ]


def _wish(cast: Cast) -> Wish:
    service, resource = find_lookup(cast)
    return Wish("live", service, resource, PROVIDER, CALLER, PURPOSE, 20_000, COLUMNS)


def _call(machine: Machine, wish: Wish, person: Person, number: int, purpose: str = PURPOSE) -> None:
    machine.call(wish.service, {"key": {"id_number": person.id_number}, "purpose": purpose}, f"live {today()} {number}").read()


def _look(cast: Cast, post: str, path: str) -> None:
    visitor = cast.official(post) if post else cast.passer_by
    visitor.page(path)


def _new_list(cast: Cast, rng: np.random.Generator) -> None:
    """A new list lies ready and the steward fetches it. The next day must not expect the batches of the last."""
    steward = cast.official("human_resources.steward")
    dataset = steward.get("/api/v1/collect/datasets")["items"][0]["id"]
    for name in ("batches", "bases"):
        cast.memory.keep(name, None)
    path = next_employment_list(cast.order.world, rng)
    steward.post(f"/api/v1/collect/datasets/{dataset}/collect", key=f"live {path.name}")


def _say(what: str, error: Exception) -> None:
    sys.stderr.write(f"hunhe_sim live: {what}: {type(error).__name__}: {error}\n")
