"""People allow and take back, and now and then somebody takes a copy of everything home."""

import time
from itertools import count

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import meet_citizen, prove_identity
from hunhe_sim.life.habit import Habit

KINDS = ("code.show_name", "licence.show")
RECIPIENTS = ("civil_affairs", "human_resources", "health_insurance")


def habits(cast: Cast) -> list[Habit]:
    """The second citizen of the day, who has nothing else to do."""
    numbers, start = count(), time.time_ns()
    return [
        Habit("consent", lambda: _allow_or_take_back(cast, next(numbers), start), 40.0),
        Habit("copy", lambda: _copy(cast, next(numbers), start), 1800.0, time.monotonic() + 240),
    ]


def _allow_or_take_back(cast: Cast, number: int, start: int) -> None:
    """Allow one thing; two turns later it is taken back, so that few stand at a time."""
    citizen = meet_citizen(cast, 1)
    prove_identity(citizen)
    standing = [one for one in citizen.visitor.get("/api/v1/consent/consents")["items"] if one["state"] == "given"]
    if len(standing) > 2:
        citizen.visitor.post(f"/api/v1/consent/consents/{standing[-1]['id']}/withdraw")
        return
    body = {
        "kind": KINDS[number % len(KINDS)],
        "recipient": RECIPIENTS[number % len(RECIPIENTS)],
        "purpose": "办事核对（示例）",
    }
    citizen.visitor.post("/api/v1/consent/consents", body, key=f"live {start} {number}")


def _copy(cast: Cast, number: int, start: int) -> None:
    meet_citizen(cast, 1).visitor.post("/api/v1/mydata/copies", key=f"live {start} {number}")
