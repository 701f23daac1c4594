"""The step of sensors: a series of the past is replayed through the lane, live stations report, a warning becomes an order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hunhe_sim.air.reference import warnings_of
from hunhe_sim.air.series import NAMES, AirFile, Row, make_series
from hunhe_sim.air.stations import CLOCK, Station, minute_now, morning, stations_of, text_of
from hunhe_sim.day.cast import Cast
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Json, Machine, Visitor, wait_for, whole

DEPARTMENT = "ecology_environment"
METRIC = "pm25"
LIVE = "air_live"
DATASET = "ecology_environment.air_readings"
AT_ONCE = 2_000
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Feed:
    """A source as it sends: its code, its client's machine."""

    source: str
    machine: Machine

    def send(self, readings: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
        reply = self.machine.post("/telemetry/v1/batches", {"source": self.source, "readings": readings}, key)
        found: dict[str, Any] = whole(reply).json()
        return found


def play_telemetry(cast: Cast, step: Step) -> dict[str, Any]:
    """Returns what a later day must find again. The step's `warnings` are those of the series of the past, from the city's API."""
    series = AirFile.of(cast.order.air or _own_series(cast))
    feed = open_feed(
        cast, f"air_{series.digest[:12]}", f"历史空气数据 {series.path.stem}", _sites(cast, series.sites), "replay"
    )
    _replay(step, feed, series)
    found = _warnings(cast, feed.source)
    step.note("source", feed.source)
    step.note("warnings", found)
    expected = warnings_of(series.rows())
    step.check(f"the city's {len(found)} warnings are those of the series", found == expected, f"{len(expected)} expected")
    step.check("there is at least one warning", bool(found) or cast.order.air is not None)
    live = _play_live(cast, step)
    _landed(cast, step)
    return {f"warnings {feed.source}": len(found), "orders": live}


def open_feed(cast: Cast, source: str, name: str, sites: list[dict[str, str]], mode: str, step: int = 60) -> Feed:
    """Make a source known, with the bureau's own client; asking again changes nothing."""
    client, secret = _client(cast)
    body = {
        "name": name,
        "department": DEPARTMENT,
        "client": client,
        "metrics": [METRIC],
        "sites": sites,
        "clock": CLOCK,
        "step": step,
        "mode": mode,
        "simulated": mode == "live" or cast.order.air is None,
    }
    cast.official(f"{DEPARTMENT}.steward").put(f"/api/v1/telemetry/sources/{source}", body)
    return Feed(source, cast.machine(secret))


def _client(cast: Cast) -> tuple[str, str]:
    """Id and token of the bureau's intake client; the token is shown once, so it is remembered."""
    kept = cast.memory.get("air client")
    if kept is None:
        applicant = cast.official(f"{DEPARTMENT}.applicant")
        made = applicant.post("/api/v1/identity/clients", {"name": "空气站网（模拟）", "department": DEPARTMENT})
        kept = [made["client"]["id"] if "client" in made else made["id"], made["secret"]]
        cast.memory.keep("air client", kept)
    return str(kept[0]), str(kept[1])


def _own_series(cast: Cast) -> Any:
    path = cast.order.world / "air.csv"
    if not path.exists():
        make_series(path)
    return path


def _sites(cast: Cast, columns: Iterable[str]) -> list[dict[str, str]]:
    """Sites by the columns' names; where a site of a known series stands, the city's own list of districts says."""
    codes = {district["name"]: district["code"] for district in districts(cast)}
    found = []
    for column in columns:
        name, district = NAMES.get(column, (column.removeprefix("PM_"), ""))
        found.append({"code": column, "name": name, "division": codes.get(district, "")})
    return found


def districts(cast: Cast) -> list[dict[str, str]]:
    return list(cast.passer_by.pages("/api/v1/places/divisions", level="district"))


def _replay(step: Step, feed: Feed, series: AirFile) -> None:
    total: Counter[str] = Counter()
    sent = 0
    for number, batch in enumerate(_batches(series.rows())):
        reply = feed.send(batch, f"{feed.source}.{number}")
        sent += len(batch)
        total.update({name: reply[name] for name in ("accepted", "duplicate", "refused", "missing")})
        total.update(reason["reason"] for reason in reply["reasons"])
        total["repeated"] += reply["repeated"]
        if number == 0:
            again = feed.send(batch, f"{feed.source}.{number}")
            same = {**again, "repeated": reply["repeated"]} == reply
            step.check("the same key again gets the same answer", same and again["repeated"], again["batch"])
    step.note("readings", {"sent": sent, **total})
    counted = sum(total[name] for name in ("accepted", "duplicate", "refused", "missing"))
    step.check(f"each of the {sent} readings is accounted for", counted == sent, dict(total))


def _batches(rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while piece := list(islice(left, AT_ONCE)):
        yield [{"site": row.site, "metric": METRIC, "at": row.at, "value": row.value} for row in piece]


def _warnings(cast: Cast, source: str) -> list[dict[str, Any]]:
    """As the city's API tells them, by site and start."""
    steward = cast.official(f"{DEPARTMENT}.steward")
    found = steward.pages("/api/v1/telemetry/warnings", source=source, kind="over")
    rows = [{name: item[name] for name in ("site", "start", "end", "peak")} for item in found]
    return sorted(rows, key=lambda row: (row["site"], row["start"]))


def live_stations(cast: Cast) -> tuple[Feed, list[Station]]:
    """The stations that report now."""
    stations = stations_of(districts(cast))
    sites = [{"code": each.code, "name": each.name, "division": each.division} for each in stations]
    return open_feed(cast, LIVE, "城市空气站网（模拟）", sites, "live", step=1), stations


def _play_live(cast: Cast, step: Step) -> list[str]:
    """Stations report their morning, always the same one; returns the numbers of the orders that came of it."""
    feed, stations = live_stations(cast)
    anchor = int(cast.memory.get("air anchor") or minute_now())
    cast.memory.keep("air anchor", anchor)
    for station in stations:
        rows = [
            {"site": station.code, "metric": METRIC, "at": text_of(minute), "value": value}
            for minute, value in morning(station, anchor)
        ]
        feed.send(rows, f"morning.{anchor}.{station.code}")
    clerk = cast.official(f"{DEPARTMENT}.clerk")
    orders = wait_for(lambda: _orders(clerk, stations, anchor), PATIENCE, "the orders of the morning's two warnings")
    step.check("a live warning becomes an order within a minute", True)
    states = {item["site"]: item["state"] for item in clerk.get("/api/v1/telemetry/watches")}
    if len(stations) > 2:
        step.check("a silent station is offline, not normal", states[stations[2].code] in ("offline", "normal"), states)
    _settle(cast, step, orders[stations[1].code])
    return sorted(_case(clerk, case)["number"] for case in orders.values())


def _orders(clerk: Visitor, stations: Sequence[Station], anchor: int) -> dict[str, str] | None:
    """Station → case of its warning of the morning, once both are there."""
    wanted = {station.code for station in stations[:2]}
    found: dict[str, str] = {}
    for item in clerk.pages("/api/v1/telemetry/warnings", source=LIVE, kind="over"):
        if item["site"] in wanted and item["start"] <= text_of(anchor) and item["case_id"]:
            found[item["site"]] = item["case_id"]
    return found if found.keys() == wanted else None


def _settle(cast: Cast, step: Step, case_id: str) -> None:
    """The order of the warning that is over goes its whole way; where it has gone it already, nothing is done again."""
    clerk, approver = cast.official(f"{DEPARTMENT}.clerk"), cast.official(f"{DEPARTMENT}.approver")
    for stage, who, move, facts in (
        ("verify", clerk, "confirm", {"finding": "现场复测一致（示例）"}),
        ("handle", clerk, "report", {"measures": "工地停工洒水，重点企业限产（示例）"}),
        ("review", approver, "close", {"result": "读数已回落（示例）"}),
    ):
        case = _case(clerk, case_id)
        if case["stage"] == stage and case["state"] == "open":
            who.post(
                f"/api/v1/flow/cases/{case_id}/moves",
                {"move": move, "rev": case["rev"], "facts": facts, "note": ""},
                key=f"{move} {case_id}",
            )
    ended = _case(clerk, case_id)
    step.check("an order is verified, handled, reviewed and closed", ended["outcome"] == "closed", ended["stage"])


def _case(visitor: Visitor, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = visitor.get(f"/api/v1/flow/cases/{case_id}")
    return found


def _landed(cast: Cast, step: Step) -> None:
    """The readings lie in the hub, as a data set like any other."""
    steward = cast.official(f"{DEPARTMENT}.steward")

    def look() -> Json | None:
        found = steward.get("/api/v1/collect/batches", department=DEPARTMENT, dataset=DATASET)["items"]
        return next((batch for batch in found if batch["state"] in ("reconciled", "failed")), None)

    batch = wait_for(look, PATIENCE, "the readings as a batch of the hub")
    step.check("the day's readings are a reconciled batch of the hub", batch["state"] == "reconciled", batch.get("failure"))
