"""Elders apply, clerks move applications on, some papers do not do, and people rate what they got."""

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from hunhe_sim.day import service
from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import Citizen, citizen_of, prove_identity
from hunhe_sim.day.truth import Person
from hunhe_sim.life.habit import Habit

BEGUN = "service life"
RATINGS = ((5, ["501"]), (5, ["504"]), (4, ["401"]), (5, ["502"]), (3, ["303"]), (2, ["203"]), (5, ["503"]), (4, ["403"]))


def habits(cast: Cast) -> list[Habit]:
    waiting = service.elders(cast)
    under_way: dict[str, Citizen] = {}
    turns = count()
    soon = time.monotonic()
    return [
        Habit("apply", lambda: _apply(cast, waiting, under_way), 75.0, soon + 20),
        Habit("mend and rate", lambda: _look_after(cast, under_way), 31.0, soon + 45),
        Habit("clerk", lambda: _work(cast, next(turns)), 17.0, soon + 30),
    ]


def _apply(cast: Cast, waiting: Iterator[Person], under_way: dict[str, Citizen]) -> None:
    """The next elder who has not applied yet; when all have, nobody does."""
    begun = set(cast.memory.get(BEGUN) or ())
    person = next((person for person in waiting if person.id not in begun), None)
    if person is None:
        return
    elder = citizen_of(cast, person)
    prove_identity(elder)
    case = service.send(elder, service.fill_in(elder)["id"])
    under_way[case] = elder
    cast.memory.keep(BEGUN, sorted({*begun, person.id}))


def _look_after(cast: Cast, under_way: dict[str, Citizen]) -> None:
    """Elders look at their own cases: mend what is wanting, rate what is done."""
    for number, (case, elder) in enumerate(list(under_way.items())):
        found = elder.visitor.get(f"/api/v1/flow/cases/{case}")
        if found["stage"] == "correction":
            service.correct(elder, case)
            return
        if found["state"] == "closed":
            stars, reasons = RATINGS[(number + int(found["number"][-2:])) % len(RATINGS)]
            if found["outcome"] != "withdrawn":
                elder.visitor.post(f"/api/v1/service/applications/{case}/rating", {"stars": stars, "reasons": reasons})
            del under_way[case]
            return


def _work(cast: Cast, turn: int) -> None:
    """One step at one desk; every fifth new application is sent back once for a better photo. The last waiting is left to visitors."""
    post = (service.CLERK, service.EXAMINER, service.DECIDER)[turn % 3]
    tasks: list[dict[str, Any]] = cast.official(post).get("/api/v1/flow/inbox")["items"]
    mine = [task for task in tasks if task["procedure"] == service.ITEM and task["state"] == "open"]
    if len(mine) < 2:
        return
    task = mine[0]
    if post == service.CLERK and task["stage"] == "receipt" and int(task["number"][-2:]) % 5 == 0:
        clerk = cast.official(post)
        service.check_papers(clerk, task["case_id"], wrong="photo")
        body = {"move": "return", "rev": clerk.get(f"/api/v1/flow/cases/{task['case_id']}")["rev"], "facts": {}}
        clerk.post(f"/api/v1/service/applications/{task['case_id']}/moves", body, key=f"{task['case_id']} return")
        return
    service.take_turn(cast, task["case_id"], task["stage"])
