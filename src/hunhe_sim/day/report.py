"""What the day found: one line a check, and the whole as JSON."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hunhe_sim.day.visitor import Refused
from hunhe_sim.proofs import ProofFailed

EXPECTED = (Refused, ProofFailed, TimeoutError, httpx.HTTPError, KeyError, ValueError)


@dataclass(slots=True)
class Step:
    """One of the day's steps: its checks, and what it measured. A step holds when all its checks hold and it has any."""

    id: str
    checks: list[tuple[str, bool]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    failure: str = ""
    seconds: float = 0.0

    def check(self, name: str, holds: bool, seen: object = None) -> None:
        """Note a check and print it; `seen` says what was there instead."""
        self.checks.append((name if holds or seen is None else f"{name} (seen: {seen})", holds))
        print(f"    {'✓' if holds else '✗'} {self.checks[-1][0]}", flush=True)

    def note(self, name: str, value: Any) -> None:
        self.facts[name] = value

    @property
    def ok(self) -> bool:
        return bool(self.checks) and all(holds for _, holds in self.checks) and not self.failure

    @property
    def detail(self) -> dict[str, Any]:
        failed = [name for name, holds in self.checks if not holds]
        found: dict[str, Any] = {
            "held": len(self.checks) - len(failed),
            "failed": failed,
            **self.facts,
            "seconds": round(self.seconds, 2),
        }
        return found | ({"stopped": self.failure} if self.failure else {})


@dataclass(slots=True)
class Report:
    steps: list[Step] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    @contextmanager
    def step(self, id_: str) -> Iterator[Step]:
        """Run one step; what stops it is written down, and the day goes on."""
        step = Step(id_)
        self.steps.append(step)
        print(f"  {id_}", flush=True)
        started = time.monotonic()
        try:
            yield step
        except EXPECTED as error:
            step.failure = f"{type(error).__name__}: {error}"
            print(f"    ✗ {step.failure}", flush=True)
        step.seconds = time.monotonic() - started

    def as_json(self) -> dict[str, Any]:
        return {
            "steps": [{"id": step.id, "ok": step.ok, "detail": step.detail} for step in self.steps],
            "counts": self.counts,
            "seconds": round(time.monotonic() - self.started, 2),
        }

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
