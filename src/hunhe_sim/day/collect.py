"""Step one: four stewards connect their systems and collect; every row of every list must be accounted for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Json, Visitor, wait_for
from hunhe_sim.systems import health_insurance, human_resources, public_security

DEPARTMENTS = ("public_security", "human_resources", "market_regulation", "health_insurance")
DONE = {"reconciled", "repeated", "failed", "quarantined"}
PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a department's system is reached."""

    kind: str
    location: str
    secret: str = ""


def play_collect(cast: Cast, step: Step) -> dict[str, dict[str, Any]]:
    """Returns the batch of each dataset and the version it became, for the bases and for comparison with a later day."""
    started = {department: _start(cast, department) for department in DEPARTMENTS}
    batches: dict[str, dict[str, Any]] = {}
    counts: dict[str, Any] = {}
    for department, (dataset, batch) in started.items():
        ended = _wait(cast.official(f"{department}.steward"), batch)
        counts[dataset] = _books(ended)
        batches[dataset] = {"batch": ended.get("same_as") or ended["id"], "version": ended["version"]}
        _check(cast, step, department, dataset, ended)
    _send_again(cast, step, batches)
    step.note("batches", counts)
    return batches


def _start(cast: Cast, department: str) -> tuple[str, str]:
    steward = cast.official(f"{department}.steward")
    (dataset,) = [found for found in steward.get("/api/v1/collect/datasets")["items"] if found["department"] == department][:1]
    place = _places(cast)[department]
    steward.put(
        f"/api/v1/collect/connections/{_connection(dataset)}",
        {"kind": place.kind, "location": place.location, "secret": place.secret},
    )
    batch = steward.post(f"/api/v1/collect/datasets/{dataset['id']}/collect", key=_key(cast))
    return dataset["id"], batch["id"]


def _key(cast: Cast) -> str:
    """The same for each day of one world: a later day asks for the same batch."""
    return f"day {cast.truth.world['as_of']} {cast.truth.world['seed']}"


def _send_again(cast: Cast, step: Step, batches: Mapping[str, Mapping[str, Any]]) -> None:
    """The same bytes once more, under a new key: nothing is done twice."""
    steward = cast.official("market_regulation.steward")
    dataset = next(name for name in batches if name.startswith("market_regulation"))
    again = steward.post(f"/api/v1/collect/datasets/{dataset}/collect", key=f"{_key(cast)} again")["id"]
    ended = _wait(steward, again)
    step.check(
        "the same bytes again are the same batch",
        (ended.get("same_as") or ended["id"]) == batches[dataset]["batch"],
        ended["id"],
    )


def _connection(dataset: Mapping[str, Any]) -> str:
    return str(dataset.get("connection") or dataset["system"])


def _places(cast: Cast) -> dict[str, Place]:
    world = cast.order.world.resolve()
    return {
        "public_security": Place("database", str(world / public_security.FILE)),
        "human_resources": Place("files", str(world / human_resources.FOLDER)),
        "market_regulation": Place("rest", cast.order.market, cast.truth.world["api_key"]),
        "health_insurance": Place("excel", str(world / health_insurance.FOLDER)),
    }


def _wait(steward: Visitor, batch: str) -> dict[str, Any]:
    def look() -> Json | None:
        found = steward.get(f"/api/v1/collect/batches/{batch}")
        return found if found["state"] in DONE else None

    ended: dict[str, Any] = wait_for(look, PATIENCE, f"the end of batch {batch}")
    if ended["state"] == "repeated" and ended.get("same_as"):
        first: dict[str, Any] = steward.get(f"/api/v1/collect/batches/{ended['same_as']}")
        return first | {"same_as": ended["same_as"]}
    return ended


def _books(batch: Mapping[str, Any]) -> dict[str, Any]:
    return {name: batch[name] for name in ("state", "source_rows", "loaded", "quarantined", "duplicates")}


def _check(cast: Cast, step: Step, department: str, dataset: str, batch: Mapping[str, Any]) -> None:
    rows = cast.truth.rows(department)
    step.check(
        f"{dataset} is reconciled", batch["state"] in ("reconciled", "repeated"), f"{batch['state']} {batch.get('failure', '')}"
    )
    step.check(f"{dataset}: the hub counted the {rows} rows of the source", batch["source_rows"] == rows, batch["source_rows"])
    accounted = sum(batch[name] or 0 for name in ("loaded", "quarantined", "duplicates"))
    step.check(f"{dataset}: source = loaded + quarantined + duplicates", accounted == batch["source_rows"], _books(batch))
    flaws = cast.truth.manifest["systems"][department]["flaws"]
    repeats = flaws.get("repeated", 0) + flaws.get("restated", 0)
    step.check(
        f"{dataset}: at most the {repeats} repeated rows were dropped",
        (batch["duplicates"] or 0) <= repeats,
        batch["duplicates"],
    )
    blanks = flaws.get("id_blank", 0)
    step.check(f"{dataset}: bad rows were held back", not blanks or bool(batch["quarantined"]), batch["quarantined"])
