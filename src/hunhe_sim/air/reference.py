"""The referee's own reckoning of warnings over a whole series, to hold the city's against. Written from the rule's words alone."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hunhe_sim.air.series import Row

LIMIT, IN_A_ROW, GAP = 150, 3, timedelta(hours=3)
Found = dict[str, Any]


def warnings_of(rows: Iterable[Row]) -> list[Found]:
    """Warnings by site and start. The first value given for an hour counts."""
    series: defaultdict[str, dict[datetime, float]] = defaultdict(dict)
    for row in rows:
        if isinstance(row.value, float):
            series[row.site].setdefault(datetime.fromisoformat(row.at), row.value)
    return [found for site in sorted(series) for found in _of_site(site, sorted(series[site].items()))]


def _of_site(site: str, readings: list[tuple[datetime, float]]) -> list[Found]:
    found = []
    for run, follower in _runs(readings):
        if len(run) >= IN_A_ROW:
            end = None if follower is None else follower[0] if follower[0] - run[-1][0] <= GAP else run[-1][0]
            peak = max(value for _, value in run)
            found.append({"site": site, "start": _text(run[2][0]), "end": None if end is None else _text(end), "peak": peak})
    return found


def _runs(
    readings: list[tuple[datetime, float]],
) -> Iterable[tuple[list[tuple[datetime, float]], tuple[datetime, float] | None]]:
    """Stretches of readings above the limit without a gap in them, each with the reading that comes next."""
    run: list[tuple[datetime, float]] = []
    for reading, follower in pairwise([*readings, None]):
        if reading is None or reading[1] <= LIMIT:
            continue
        run.append(reading)
        if follower is None or follower[1] <= LIMIT or follower[0] - reading[0] > GAP:
            yield run, follower
            run = []


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")
