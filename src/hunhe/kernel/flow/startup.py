"""What the room tells others at start."""

from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import content, effects, timers, turns
from hunhe.stone.who import Who


def register() -> None:
    system = Who.system("flow")
    city.register_content(who=system, room="flow", check=content.check, apply=content.apply, after=("org", "identity"))
    events.register_job(who=system, kind=effects.JOB, handler=effects.run)
    events.register_job(who=system, kind=turns.TIMER_JOB, handler=timers.fire)
