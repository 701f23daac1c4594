"""Everybody who acts in the day, with their logins, sessions and memory."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from hunhe_sim.day.log import Log, published_key
from hunhe_sim.day.memory import Memory
from hunhe_sim.day.truth import Truth
from hunhe_sim.day.visitor import Machine, Refused, Visitor


@dataclass(frozen=True, slots=True)
class DayOrder:
    """Where the city is, where the world lies, and who may log in. market: address of the register's server. air: a series to replay;
    without one the world makes its own."""

    base: str
    world: Path
    market: str
    logins: Path
    report: Path | None = None
    air: Path | None = None


class Cast:
    """Sessions are opened on first use and closed together."""

    def __init__(self, order: DayOrder) -> None:
        self.order = order
        self.truth = Truth(order.world)
        self._logins: dict[str, dict[str, str]] = json.loads(order.logins.read_text(encoding="utf-8"))
        self._sessions: dict[str, Visitor] = {}
        self._stack = ExitStack()
        self.passer_by = self.stranger()
        self.log = Log(self.passer_by, published_key(self.passer_by))
        self.memory = Memory(order.world, self.log.verifier)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def official(self, post: str) -> Visitor:
        """A signed-in official, for example `public_security.steward`. Raises `ValueError` if nobody holds that post."""
        if post not in self._logins:
            raise ValueError(f"{self.order.logins} has no login for {post}")
        if post not in self._sessions:
            visitor = self.stranger()
            visitor.log_in(self._logins[post]["username"], self._logins[post]["password"])
            self._sessions[post] = visitor
        return self._sessions[post]

    def citizen(self, username: str, password: str) -> Visitor:
        """A signed-in citizen, signed up first where the city does not know them yet."""
        if username not in self._sessions:
            visitor = self.stranger()
            if self.memory.get(f"signed up {username}"):
                visitor.log_in(username, password)
            else:
                self._sign_up(visitor, username, password)
            self._sessions[username] = visitor
        return self._sessions[username]

    def _sign_up(self, visitor: Visitor, username: str, password: str) -> None:
        try:
            visitor.sign_up(username, password)
        except Refused:
            visitor.log_in(username, password)  # an earlier day stopped between signing up and remembering it
        self.memory.keep(f"signed up {username}", True)

    def stranger(self) -> Visitor:
        """Somebody not signed in."""
        return self._stack.enter_context(Visitor(self.order.base))

    def machine(self, secret: str) -> Machine:
        return self._stack.enter_context(Machine(self.order.base, secret))
