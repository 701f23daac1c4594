"""People go through gates, and now and then somebody shows a screenshot."""

import time
from itertools import count

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import meet_citizen
from hunhe_sim.day.code import CARRIER, Terminal, carry_phone, connect_police, put_up_terminal
from hunhe_sim.life.habit import Habit
from hunhe_sim.phone import Phone

RENEW_AFTER = 6


def habits(cast: Cast) -> list[Habit]:
    """The phone of the day's citizen at the day's terminals."""
    connect_police(cast)
    phone = carry_phone(cast, meet_citizen(cast, CARRIER))
    terminals = [put_up_terminal(cast, name) for name in ("south", "desk", "insurance", "north")]
    turns = count()
    soon = time.monotonic() + 90
    return [
        Habit("scan", lambda: _scan(phone, terminals[next(turns) % len(terminals)]), 13.0),
        Habit("screenshot", lambda: _scan(phone, terminals[0], ago=120.0), 900.0, soon),
    ]


def _scan(phone: Phone, terminal: Terminal, ago: float = 0.0) -> None:
    if phone.used >= RENEW_AFTER:
        phone.renew()
    terminal.scan(phone.show(ago=ago))
