"""From what a room knows to what a part template draws: positions, paths and classes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from hunhe.ui import rivers, words
from hunhe.ui.shapes import Side, Step, Stop

HEIGHT, MIDDLE, SWAY = 24, 12, 4
BAND_HEIGHT, BAND_MIDDLE, BAND_WIDTH, BAND_SWAY = 96, 46, 66, 6
THIN = 4
PARTED_HEIGHT = 152  # with a branch below the band


def _kind(step: Step) -> str:
    """How the stretch that leads to a step is drawn."""
    return {"done": "past", "now": "past", "ahead": "ahead", "waiting": "waiting", "late": "late"}[step.state]


def said(state: str) -> str:
    """A step's state for those who hear the page."""
    names = {"done": gettext("done"), "now": gettext("now"), "waiting": gettext("waiting for others")}
    return (names | {"ahead": gettext("still ahead"), "late": gettext("overdue")})[state]


def draw_river(steps: Sequence[Step]) -> dict[str, Any]:
    count = max(len(steps) - 1, 1)
    drawn = []
    for index, step in enumerate(steps):
        x = index / count * 100
        drawn.append({"step": step, "x": f"{x:.2f}", "y": f"{rivers.bend(x, MIDDLE, SWAY):.1f}", "said": said(step.state)})
    here = next((index for index, step in enumerate(steps) if step.state in ("now", "late")), None)
    beside = {1: "beside-first", len(steps) - 2: "beside-last"}.get(here, "") if here is not None and len(steps) > 2 else ""
    crowded = "many" if len(steps) > 3 else ""
    stretches = rivers.stretches([_kind(step) for step in steps[1:]], MIDDLE, SWAY)
    return {"nodes": drawn, "stretches": stretches, "height": HEIGHT, "css": f"{crowded} {beside}".strip()}


def draw_trunk(steps: Sequence[Step]) -> dict[str, Any]:
    """Rows of a standing river. A step with branches becomes a row, a split, one row per branch, and a join."""
    rows: list[dict[str, Any]] = []
    branched = any(step.branches for step in steps)
    centre = 50.0
    for index, step in enumerate(steps):
        last = index + 1 == len(steps)
        enters = None if index == 0 else _kind(step)
        leaves = None if last else _kind(steps[index + 1])
        if step.branches:
            leaves = "past" if step.state in ("done", "now") else "ahead"
        drawn = [*([(enters, "M50 0L50 50")] if enters else []), *([(leaves, "M50 50L50 100")] if leaves else [])]
        rows.append({"step": step, "x": centre, "y": 15 if not enters else 50, "paths": drawn, "said": said(step.state)})
        if step.branches:
            rows += _branch_rows(step)
    for row in rows:
        if row.get("step") is not None:
            row["paths"] = [(kind, path.replace("50 50", f"50 {ROW_NODE}")) for kind, path in row["paths"]]
    return {"rows": rows, "css": "" if branched else "straight", "node": ROW_NODE}


ROW_NODE = 20


def _branch_rows(step: Step) -> list[dict[str, Any]]:
    lanes = rivers.lanes(len(step.branches))
    before = [
        "good" if b.kind == "ok" else "waiting" if b.state == "waiting" else "ahead" if b.state == "ahead" else "past"
        for b in step.branches
    ]
    after = ["good" if b.kind == "ok" else "waiting" if b.state == "waiting" else "ahead" for b in step.branches]
    split = [(kind, f"M50 0C50 60 {x:.1f} 40 {x:.1f} 100") for kind, x in zip(before, lanes, strict=True)]
    join = [("ahead", f"M{x:.1f} 0C{x:.1f} 60 50 40 50 100") for x in lanes]
    rows: list[dict[str, Any]] = [{"paths": split, "gap": True}]
    for index, branch in enumerate(step.branches):
        paths = []
        for lane, x in enumerate(lanes):
            if lane == index:
                paths += [(before[lane], f"M{x:.1f} 0L{x:.1f} 50"), (after[lane], f"M{x:.1f} 50L{x:.1f} 100")]
            else:
                paths.append(((before if lane > index else after)[lane], f"M{x:.1f} 0L{x:.1f} 100"))
        paths.insert(0, ("reach", f"M{lanes[index]:.1f} 50L100 50"))
        rows.append({"branch": branch, "x": f"{lanes[index]:.1f}", "paths": paths, "said": said(branch.state)})
    return [*rows, {"paths": join, "gap": True}]


def draw_volume(stops: Sequence[Stop], side: Side | None) -> dict[str, Any]:
    most = max((stop.value for stop in stops), default=0)
    widths = [max(THIN, stop.value / most * BAND_WIDTH) if most else THIN for stop in stops]
    body, seam = rivers.band(widths, BAND_MIDDLE, BAND_SWAY)
    parted = side if side and side.value else None
    nodes = []
    for index, stop in enumerate(stops):
        x = (index + 0.5) / len(stops) * 100
        y = rivers.bend(x, BAND_MIDDLE, BAND_SWAY)
        gate = f"M{x:.2f} {y - widths[index] / 2:.1f}V{y + widths[index] / 2:.1f}"
        low = parted is not None and 0 <= index - parted.after <= 1
        nodes.append({"stop": stop, "x": f"{x:.2f}", "y": f"{y:.1f}", "gate": gate, "low": low})
    drawn = {"nodes": nodes, "body": body, "seam": seam, "height": BAND_HEIGHT, "side": parted}
    return drawn | _leaving(parted, nodes, widths, most) if parted else drawn


def _leaving(side: Side, nodes: Sequence[dict[str, Any]], widths: Sequence[float], most: int) -> dict[str, Any]:
    """The branch out of the river, to a box whose left edge is at `left` and middle at 128 px; and the dotted way back."""
    x = float(nodes[side.after]["x"])
    foot = float(nodes[side.after]["y"]) + widths[side.after] / 2
    thick = max(THIN, side.value / most * BAND_WIDTH) if most else THIN
    end = min(x + 9, 60.0)
    return {
        "leaves": f"M{x:.2f} {foot - thick / 2:.1f}C{x + 5:.2f} {foot:.1f} {x + 4:.2f} 128 {end:.2f} 128",
        "back": f"M{end + 14:.2f} 116C{end + 16:.2f} 112 {end + 18:.2f} 104 {end + 20:.2f} 86",
        "thick": f"{thick:.1f}",
        "left": f"{end:.2f}",
        "height": PARTED_HEIGHT,
    }


def draw_due(
    limit: datetime | None, started: datetime | None, now: datetime, text: str, paused: bool, done: bool
) -> dict[str, Any]:
    """Where the marker stands: 4 is the start, 66 the limit, up to 80 beyond it."""
    if limit is None:
        return {"kind": "none", "text": text or gettext("no limit"), "x": "4"}
    begin = started or limit
    whole = max((limit - begin).total_seconds(), 1)
    part = (now - begin).total_seconds() / whole
    late = now > limit and not (paused or done)
    x = min(80.0, 66 + 14 * min(1, (part - 1) * 2)) if late else 4 + 62 * min(max(part, 0), 1)
    kind = (
        "done"
        if done
        else "pause"
        if paused
        else "late"
        if late
        else "today"
        if (limit - now).total_seconds() < 86_400
        else "run"
    )
    return {"kind": kind, "text": text or words.left(limit), "x": f"{x:.1f}", "square": f"{x - 4.5:.1f}"}


def draw_spark(values: Sequence[float]) -> dict[str, Any]:
    if len(values) < 2:
        return {"path": ""}
    path, (x, y) = rivers.spark(values, 44, 8)
    return {"path": path, "x": f"{x:.1f}", "y": f"{y:.1f}"}
