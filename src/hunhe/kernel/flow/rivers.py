"""The river of a case: where it has been, where it is, and the way that lies ahead. Pure."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from hunhe.kernel.flow.procedure import Procedure
from hunhe.kernel.flow.shapes import CaseEvent, StageStop

MOST_PAST = 6


def stops(
    procedure: Procedure, events: Sequence[CaseEvent], here: Sequence[str], *, state: str, late: bool = False
) -> tuple[StageStop, ...]:
    """Past stages once each (a loop back drops what it undid), the present ones, then the shortest way to a good end.

    here: stages where tasks stand, or where the case ended. state: of the case.
    """
    past = _visited(events)
    now = ",".join(here)
    past = [(stage, at) for stage, at in past if stage not in (now, *here)][-MOST_PAST:]
    arrived = next(
        (event.at for event in reversed(events) if event.to_stage and event.what in ("opened", "moved", "confirmed")), None
    )
    found = [StageStop(stage=stage, name=_name(procedure, stage), state="past", at=at) for stage, at in past]
    if state == "closed":
        return (*found, StageStop(stage=now, name=_name(procedure, now), state="past", at=arrived))
    waits = state in ("suspended", "effecting")
    found.append(
        StageStop(
            stage=now, name=_name(procedure, now), state="waiting" if waits else "here", at=arrived, late=late and not waits
        )
    )
    ahead = way_ahead(procedure, here[0]) if here else []
    seen = set(here) | {stage for stage, _ in past}
    return (
        *found,
        *(
            StageStop(stage=stage, name=_name(procedure, stage), state="future")
            for stage in ahead
            if stage not in seen or _ends(procedure, stage)
        ),
    )


def way_ahead(procedure: Procedure, start: str) -> list[str]:
    """Stages from `start` (not included) to the nearest end by moves forward, along stages that are no side ways."""
    waiting, came_from = deque([start]), {start: ""}
    while waiting:
        stage = waiting.popleft()
        if _ends(procedure, stage):
            return _back(came_from, stage)
        for step in procedure.moves_from.get(stage, ()):
            targets = step.targets if step.kind == "forward" else ()
            for target in targets:
                if target not in came_from and not procedure.stage_by_id[target].side:
                    came_from[target] = stage
                    waiting.append(target)
    return []


def _back(came_from: dict[str, str], stage: str) -> list[str]:
    way = []
    while came_from[stage]:
        way.append(stage)
        stage = came_from[stage]
    return way[::-1]


def _visited(events: Sequence[CaseEvent]) -> list[tuple[str, datetime]]:
    """Stages in the order entered, each with the time it was left; going back drops what lay after."""
    path: list[tuple[str, datetime]] = []
    for event in events:
        if event.what == "moved":
            known = next((place for place, (stage, _) in enumerate(path) if stage == event.from_stage), None)
            path = path[: known if known is not None else len(path)]
            path.append((event.from_stage, event.at))
    return path


def _ends(procedure: Procedure, stage: str) -> bool:
    return bool(procedure.stage_by_id[stage].final)


def _name(procedure: Procedure, stages: str) -> str:
    return "、".join(procedure.stage_by_id[stage].name for stage in stages.split(",") if stage in procedure.stage_by_id)
