"""Step two: the bases of people and firms are built, and who is who is marked against the truth."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.report import Step
from hunhe_sim.day.score import Key, Score, score
from hunhe_sim.day.visitor import Json, Visitor, wait_for

REVIEWER = "data_bureau.reviewer"
PATIENCE = 300.0
LEAST_PRECISION, LEAST_RECALL = 0.995, 0.95
SYSTEMS = ("public_security", "human_resources", "market_regulation", "health_insurance")


def play_base(cast: Cast, step: Step) -> dict[str, Any]:
    """Returns what must stay equal while nothing new arrives: subjects and version of each base."""
    reviewer = cast.official(REVIEWER)
    kept: dict[str, Any] = {}
    for base, owners in (("population", cast.truth.person_owners()), ("legal_person", cast.truth.firm_owners())):
        build = _wait(reviewer, base)
        counts = reviewer.get(f"/api/v1/bases/{base}")
        found = score(_links(reviewer, base), owners)
        _check(step, base, counts, found)
        step.note(base, {"build": build["id"], **{name: round(value, 5) for name, value in asdict(found).items()}})
        kept[base] = {"subjects": counts["subjects"]}
    return kept


def _wait(reviewer: Visitor, base: str) -> Json:
    """The build that follows the last batch: it is finished and none is waiting."""

    def look() -> Json | None:
        build = reviewer.get(f"/api/v1/bases/{base}").get("build")
        return build if build and build["state"] in ("done", "failed") else None

    return wait_for(look, PATIENCE, f"the build of {base}")


def _links(reviewer: Visitor, base: str) -> Iterator[tuple[Key, str]]:
    for link in reviewer.pages(f"/api/v1/bases/{base}/links", size=1000):
        yield (_system(link["dataset"]), link["key"]), link["subject_id"]


def _system(dataset: str) -> str:
    """The office whose list a dataset is; its id begins with the department."""
    return next((system for system in SYSTEMS if dataset.startswith(system)), dataset)


def _check(step: Step, base: str, counts: Json, found: Score) -> None:
    step.check(
        f"{base}: as many subjects as the links name",
        counts["subjects"] >= found.subjects,
        (counts["subjects"], found.subjects),
    )
    step.check(f"{base}: no link names a row that the world does not know", found.unknown == 0, found.unknown)
    step.check(f"{base}: precision at least {LEAST_PRECISION}", found.precision >= LEAST_PRECISION, round(found.precision, 5))
    step.check(f"{base}: recall at least {LEAST_RECALL}", found.recall >= LEAST_RECALL, round(found.recall, 5))
