"""Step two: the bases of people and firms are built and who is who is marked against the truth; themes are run upon them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.report import Step
from hunhe_sim.day.score import Key, Score, score
from hunhe_sim.day.visitor import Json, Visitor, wait_for

REVIEWER, ANALYST = "data_bureau.reviewer", "data_bureau.analyst"
PATIENCE = 300.0
LEAST_PRECISION, LEAST_RECALL = 0.995, 0.95
NAMED = 4
SYSTEMS = ("public_security", "human_resources", "market_regulation", "health_insurance")


def play_base(cast: Cast, step: Step, versions: Mapping[str, int]) -> dict[str, Any]:
    """`versions`: dataset → version of the batch just collected. Returns what must stay equal while nothing new arrives."""
    reviewer = cast.official(REVIEWER)
    kept: dict[str, Any] = {}
    for base, owners in (("population", cast.truth.person_owners()), ("legal_person", cast.truth.firm_owners())):
        build = wait_for(partial(_finished, reviewer, base, versions), PATIENCE, f"the build of {base} from what was collected")
        counts = reviewer.get(f"/api/v1/bases/{base}")
        found = score(_links(reviewer, base), owners)
        _check(step, base, counts, found)
        step.note(base, {"build": build["id"], **{name: round(value, 5) for name, value in asdict(found).items()}})
        kept[base] = {"subjects": counts["subjects"]}
    _themes(cast, step)
    return kept


def _themes(cast: Cast, step: Step) -> None:
    """All themes whose sources have come are fresh; the others say what they wait for. What they hold stays as it is."""
    analyst = cast.official(ANALYST)
    found: list[Json] = wait_for(partial(_settled, analyst), PATIENCE, "the themes that rest on what was collected")
    states = Counter(theme["state"] for theme in found)
    run = [theme for theme in found if theme["run"]]
    rows = sum(sum(theme["run"]["rows"].values()) for theme in run)
    step.check("no theme is broken", not states.keys() - {"fresh", "never"}, dict(states))
    step.check("the four themes of the article are there", sum(theme["named"] for theme in found) == NAMED, len(found))
    reach = analyst.get("/api/v1/themes/reach?column=public_security.household.id_number")
    kinds = Counter(one["kind"] for one in reach["found"])
    step.check(
        "a withdrawn identity number would reach bases, themes and indicators",
        min(kinds[kind] for kind in ("base", "theme", "indicator")) > 0,
        dict(kinds),
    )
    step.note("themes", {"described": len(found), "used": len(run), "rows": rows, **dict(sorted(states.items()))})


def _settled(analyst: Visitor) -> list[Json] | None:
    """All themes, once none of those that read only what was collected is still to run."""
    found: list[Json] = analyst.get("/api/v1/themes/")["items"]
    ready = [theme for theme in found if all(_collected(table) for table in theme["inputs"])]
    return found if all(theme["run"] and not theme["waiting"] for theme in ready) else None


def _collected(table: str) -> bool:
    return table.split(".")[0] in (*SYSTEMS, "base", "theme")


def _finished(reviewer: Visitor, base: str, versions: Mapping[str, int]) -> Json | None:
    """The newest build, once it is done and has read everything that was collected for it. Raises `ValueError` if it failed."""
    builds = reviewer.get(f"/api/v1/bases/{base}/builds")["items"]
    if not builds or builds[0]["state"] in ("waiting", "building"):
        return None
    if builds[0]["state"] == "failed":
        raise ValueError(f"the build of {base} failed: {builds[0]['failures']}")
    inputs = builds[0]["inputs"]
    wanted = ((inputs[dataset], version) for dataset, version in versions.items() if dataset in inputs)
    read = all(have is not None and have >= version for have, version in wanted)
    return builds[0] if inputs and read else None


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
