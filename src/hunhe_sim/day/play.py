"""The whole day, step by step, and whether a second day found everything as the first left it."""

from contextlib import ExitStack
from typing import Any

from hunhe_sim.day.audit import play_audit
from hunhe_sim.day.base import play_base
from hunhe_sim.day.cast import Cast, DayOrder
from hunhe_sim.day.cockpit import play_cockpit
from hunhe_sim.day.code import play_code, show_card
from hunhe_sim.day.collect import play_collect
from hunhe_sim.day.exchange import Called, play_exchange
from hunhe_sim.day.governance import play_governance
from hunhe_sim.day.memory import Memory
from hunhe_sim.day.mydata import play_mydata
from hunhe_sim.day.report import Report, Step
from hunhe_sim.day.service import play_service
from hunhe_sim.day.telemetry import play_telemetry
from hunhe_sim.day.visitor import Refused

STEPS = ("collect", "base", "exchange", "code", "service", "governance", "telemetry", "cockpit", "mydata", "audit")
"""The steps of a day that holds, in order."""


def run_day(order: DayOrder) -> Report:
    """Play the day against the city at `order.base`; the report is also written to `order.report`. Never raises for what the city answers."""
    report = Report()
    try:
        with ExitStack() as stack:
            with report.step("arrive") as step:
                cast = stack.enter_context(Cast(order))
                step.check("the city publishes the key of its log", True)
            if report.ok:
                report.steps.clear()
                _play(cast, report)
    finally:
        if order.report is not None:
            report.write(order.report)
    return report


def _play(cast: Cast, report: Report) -> None:
    morning = _checkpoint_if_any(cast)
    calls: list[Called] = []
    batches: dict[str, dict[str, Any]] = {}
    with report.step("collect") as step:
        batches = play_collect(cast, step)
        compare(cast.memory, step, "batches", batches)
    with report.step("base") as step:
        compare(
            cast.memory, step, "bases", play_base(cast, step, {dataset: found["version"] for dataset, found in batches.items()})
        )
    with report.step("exchange") as step:
        calls = play_exchange(cast, step)
        cast.memory.keep("entry", next(called.entry_id for called in calls if called.status == 200))
        grants = {name: step.facts[name] for name in ("grant", "grant with case", "grant revoked")}
        compare(cast.memory, step, "grants", grants)
    with report.step("code") as step:
        compare(cast.memory, step, "wallet", play_code(cast, step))
    with report.step("service") as step:
        compare(cast.memory, step, "service", play_service(cast, step))
        show_card(cast, step)
    with report.step("governance") as step:
        compare(cast.memory, step, "street", play_governance(cast, step))
    with report.step("telemetry") as step:
        found = play_telemetry(cast, step)
        compare(cast.memory, step, f"air {step.facts['source']}", found)
    with report.step("cockpit") as step:
        play_cockpit(cast, step)
    with report.step("mydata") as step:
        compare(cast.memory, step, "rights", play_mydata(cast, step, calls))
    with report.step("audit") as step:
        play_audit(cast, step, morning)
    report.counts = {name: cast.truth.world[name] for name in ("people", "firms")}


def _checkpoint_if_any(cast: Cast) -> str:
    try:
        return cast.log.checkpoint()[0]
    except Refused:
        return ""


def compare(memory: Memory, step: Step, name: str, found: dict[str, Any]) -> None:
    """While nothing new arrived, a later day finds the same."""
    before = memory.get(name)
    if before is not None:
        step.check(f"{name} are those of the earlier day", before == found, found)
    memory.keep(name, found)
