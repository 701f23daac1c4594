"""The street: four people report one cover, a team mends it, somebody else checks, a reporter is not content and says so."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import Citizen, meet_citizen
from hunhe_sim.day.photographs import METRES_PER_DEGREE, photograph
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Json, Visitor, wait_for

API = "/api/v1/governance"
DEPARTMENT = "urban_management"
COVER = "c0103"
REPORTERS = 4
APART = 8.0
TOO_FAR = 500.0
PATIENCE = 60.0
STAGES = ("file", "dispatch", "near", "close", "reopen")


@dataclass(frozen=True, slots=True)
class Street:
    """A place in the city in degrees."""

    lon: float
    lat: float

    def north(self, metres: float) -> "Street":
        return Street(self.lon, round(self.lat + metres / METRES_PER_DEGREE, 7))


def play_governance(cast: Cast, step: Step) -> dict[str, Any]:
    """Returns what a later day must find again."""
    street = find_street(cast)
    _enter_components(cast, street)
    people = [meet_citizen(cast, number) for number in range(REPORTERS + 1)]
    reports = [
        _report_cover(cast, step, person, street.north(3.0 * number), number) for number, person in enumerate(people[:-1])
    ]
    problems = {report["problem_id"] for report in reports}
    step.check("four reports of one cover are one case", len(problems) == 1, len(problems))
    other = _report(people[-1], street.north(APART), "neighbour", component=_code(1))
    step.check("a cover eight metres away is another case", other["problem_id"] not in problems, other["number"])
    problem = reports[0]["problem_id"]
    _refuses(cast, step, people[0], problem)
    _through(cast, step, problem, street, people[0])
    _everybody_heard(step, people[:-1], problem)
    step.note("problem", reports[0]["number"])
    return {"reports": sorted(report["id"] for report in (*reports, other)), "problem": problem, "other": other["problem_id"]}


def find_street(cast: Cast, number: int = 0) -> Street:
    """A street in the city's district of that number, from the sketch map alone."""
    ground, sketch = cast.passer_by.get(f"{API}/ground"), cast.passer_by.get("/api/v1/places/sketch")
    floe = sketch["floes"][number % len(sketch["floes"])]
    lon = ground["west"] + floe["label_x"] / ground["side"] * (ground["east"] - ground["west"])
    lat = ground["north"] - floe["label_y"] / ground["side"] * (ground["north"] - ground["south"])
    return Street(round(lon, 6), round(lat, 6))


def official(cast: Cast, role: str) -> Visitor:
    return cast.official(f"{DEPARTMENT}.{role}")


def member_of(cast: Cast, found: Json) -> Visitor:
    """Somebody of the team that a problem was sent to."""
    return cast.official(found["team_post"])


def upload(visitor: Visitor, street: Street, *, mended: bool) -> str:
    """A photograph taken at a place; its id in the city."""
    body = photograph(street.lon, street.lat, mended=mended)
    return str(visitor.send_file(f"{API}/photos", "photo.jpg", body)["id"])


def file_of(visitor: Visitor, problem: str) -> Json:
    return visitor.get(f"{API}/problems/{problem}")


def act(visitor: Visitor, problem: str, verb: str, body: dict[str, Any]) -> Json:
    """One step, on the version the visitor sees now."""
    rev = file_of(visitor, problem)["problem"]["rev"]
    return visitor.post(f"{API}/problems/{problem}/{verb}", {"rev": rev, **body})


def _code(number: int) -> str:
    return f"示例-雨水井盖-{number}"


def _enter_components(cast: Cast, street: Street) -> None:
    covers = [
        {"code": _code(number), "kind": COVER, "name": "雨水井盖（示例）", "lon": at.lon, "lat": at.lat, "sample": True}
        for number, at in enumerate((street, street.north(APART)))
    ]
    official(cast, "supervisor").put(f"{API}/components", {"items": covers})


def _report_cover(cast: Cast, step: Step, person: Citizen, street: Street, number: int) -> Json:
    """Looks first who has reported it, then joins or reports."""
    near = person.visitor.get(f"{API}/nearby", kind=COVER, lon=street.lon, lat=street.lat, component=_code(0))
    photo = _photo(cast, person, street) if number == 0 else ""
    report = _report(person, street, f"cover {number}", component=_code(0), photo=photo)
    if number:
        shown = {found["problem"]["id"] for found in near}
        again = not near or report["problem_id"] in shown or any(found["mine"] for found in near)
        step.check(f"reporter {number + 1} is shown what others reported, before", again, shown)
    return report


def _photo(cast: Cast, person: Citizen, street: Street) -> str:
    """The photo of the first day; a later day says the same again under the same key."""
    known = cast.memory.get("street photo")
    if known is None:
        known = upload(person.visitor, street, mended=False)
        cast.memory.keep("street photo", known)
    return str(known)


def _report(person: Citizen, street: Street, name: str, component: str, photo: str = "") -> Json:
    said = {
        "photos": [photo] if photo else [],
        "kind": COVER,
        "lon": street.lon,
        "lat": street.lat,
        "words": "井盖没了，晚上看不见（示例）",
        "component": component,
    }
    return person.visitor.post(f"{API}/reports", said, key=f"street day {name} {person.person.id}")


def _refuses(cast: Cast, step: Step, person: Citizen, problem: str) -> None:
    refusals = {
        "a citizen cannot dispatch": person.visitor.ask(
            "POST", f"{API}/problems/{problem}/dispatch", {"rev": 1, "team": "territory"}
        ),
        "the fixer cannot verify": official(cast, "fixer").ask(
            "POST", f"{API}/problems/{problem}/check", {"rev": 1, "passes": True}
        ),
        "a patrol cannot choose teams": official(cast, "patrol").ask("GET", f"{API}/problems/{problem}/teams"),
    }
    for what, reply in refusals.items():
        step.check(what, reply.status_code == 403, reply.status_code)


def _through(cast: Cast, step: Step, problem: str, street: Street, reporter: Citizen) -> None:
    """From wherever it stands to closed, opened again once, and closed again; a day interrupted goes on from there."""
    inspector = official(cast, "inspector")
    for _ in range(20):
        found = file_of(inspector, problem)["problem"]
        if found["stage"] in ("settled", "closed") and found["reopened"]:
            break
        _next(cast, step, found, street, reporter)
    found = file_of(inspector, problem)["problem"]
    step.check("it was closed, opened again by a reporter, and closed again", found["state"] in ("settled", "closed"), found)
    step.check("a photo from 500 m away was sent back", found["reworks"] >= 1, found["reworks"])
    photos = file_of(inspector, problem)["photos"]
    distances = sorted(photo["distance_m"] for photo in photos if photo["role"] == "after")
    step.check("the photos say how far away they were taken", distances[0] <= 100 < distances[-1], distances)


def _next(cast: Cast, step: Step, found: Json, street: Street, reporter: Citizen) -> None:
    problem, stage = found["id"], found["stage"]
    if stage in ("report", "dispatch"):
        dispatcher = official(cast, "dispatcher")
        teams = dispatcher.get(f"{API}/problems/{problem}/teams")
        step.check("the owner's team is suggested first, with why", teams[0]["why"] == "owner", teams[0])
        act(dispatcher, problem, "dispatch", {"team": teams[0]["team"]["id"]})
    elif stage == "fix":
        fixer = member_of(cast, found)
        _teams_alone(cast, step, found)
        away = TOO_FAR if not found["reworks"] else 20.0
        moved = act(fixer, problem, "fix", {"photos": [upload(fixer, street.north(away), mended=True)]})
        wanted = "fix" if away == TOO_FAR else "check"
        step.check(f"a photo from {away:.0f} m away leads to “{wanted}”", moved["stage"] == wanted, moved["stage"])
    elif stage == "check":
        act(official(cast, "inspector"), problem, "check", {"passes": True})
    elif stage == "settled":
        reporter.visitor.post(
            f"{API}/reports/{problem}/reopen", {"why": "盖子又响了（示例）"}, key=f"street day reopen {problem}"
        )


def _teams_alone(cast: Cast, step: Step, found: Json) -> None:
    """An order is the team's: nobody of another one takes it."""
    teams = official(cast, "dispatcher").get(f"{API}/staffing")["teams"]
    other = next(one["team"]["post"] for one in teams if one["team"]["post"] not in (found["team_post"], f"{DEPARTMENT}.fixer"))
    reply = cast.official(other).ask("POST", f"{API}/problems/{found['id']}/take", {"rev": found["rev"]})
    step.check("another team cannot take the order", reply.status_code == 403, reply.status_code)


def _everybody_heard(step: Step, people: list[Citizen], problem: str) -> None:
    for number, person in enumerate(people):
        lines = wait_for(partial(_lines, person.visitor, problem), PATIENCE, "the steps that a reporter sees")
        step.check(f"reporter {number + 1} sees each stage", set(STAGES) <= lines, sorted(set(STAGES) - lines))
        count = wait_for(_told(person.visitor, problem), PATIENCE, f"the notices of reporter {number + 1}")
        step.check(f"reporter {number + 1} was told at each stage", count >= len(STAGES), count)


def _lines(visitor: Visitor, problem: str) -> set[str]:
    return {line["move"] for line in visitor.get(f"{API}/reports/{problem}")["lines"]}


def _told(visitor: Visitor, problem: str) -> Callable[[], int | None]:
    def look() -> int | None:
        told = [notice for notice in visitor.get("/api/v1/notify/notices")["items"] if problem in notice["link"]]
        return len(told) if len(told) >= len(STAGES) else None

    return look
