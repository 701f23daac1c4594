"""The leader drills from the wall into one number after another."""

from itertools import count

from hunhe_sim.day.cast import Cast
from hunhe_sim.life.habit import Habit

LEADER = "data_bureau.leader"


def habits(cast: Cast) -> list[Habit]:
    turns = count()

    def drill() -> None:
        leader = cast.official(LEADER)
        ids = [one["id"] for one in leader.get("/api/v1/indicators/")["items"]]
        leader.page(f"/cockpit/indicators/{ids[next(turns) % len(ids)]}/")

    return [Habit("drill", drill, 37.0)]
