"""The service network: an elder's card online from guide to rating, another at the counter, and somebody too young."""

import io
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import Citizen, citizen_of, prove_identity
from hunhe_sim.day.licence import check_licence
from hunhe_sim.day.report import Step
from hunhe_sim.day.truth import Person
from hunhe_sim.day.visitor import Visitor, wait_for

ITEM, DEPARTMENT, AGE = "elder_card", "civil_affairs", 60
CLERK, EXAMINER, DECIDER = (f"{DEPARTMENT}.{post}" for post in ("clerk", "examiner", "decider"))
ANSWERS = {"occasion": "first", "residence": "registered"}
WHY = "照片太暗，看不清五官（示例）"
PATIENCE = 60.0


def play_service(cast: Cast, step: Step) -> dict[str, Any]:
    """What a later day must find again: the cases and the licence."""
    young = next(person for person in cast.truth.plain_people(20) if person.id_number[6:14] > born_before(AGE - 1))
    _too_young(step, citizen_of(cast, young))
    found = cast.truth.elders(born_before(AGE + 1))
    online, counter = next(found), next(found)
    elder = citizen_of(cast, online)
    prove_identity(elder)
    case = _apply_online(cast, step, elder)
    _handle(cast, step, elder, case)
    licence = _check_licence(cast, step, elder, case)
    _rate(cast, step, elder, case)
    taken_in = _take_in(cast, step, counter)
    _handle(cast, step, None, taken_in)
    kept = {"case": _case(cast, case)["number"], "counter case": _case(cast, taken_in)["number"], "licence": licence}
    for name, value in kept.items():
        step.note(name, value)
    return kept


def born_before(age: int) -> str:
    """Whoever was born before this day (`YYYYMMDD`) is at least so old."""
    day = datetime.now(ZoneInfo("Asia/Shanghai"))
    return f"{day.year - age:04d}{day:%m%d}"


def elders(cast: Cast) -> Iterator[Person]:
    """People of this world who are old enough, beyond the two of the day itself and the one a visitor may be."""
    return islice(cast.truth.elders(born_before(AGE + 1)), 3, None)


def holder_of_the_day(cast: Cast) -> Person:
    """The elder who applies online in the day and holds the card at its end."""
    return next(cast.truth.elders(born_before(AGE + 1)))


def elder_for_a_visitor(cast: Cast) -> Person:
    """The elder who leaves applying to whoever tries the demo."""
    return next(islice(cast.truth.elders(born_before(AGE + 1)), 2, None))


def _too_young(step: Step, young: Citizen) -> None:
    prove_identity(young)
    guide = young.visitor.post(f"/api/v1/service/items/{ITEM}/guide", {"answers": ANSWERS})
    told = [verdict for verdict in guide["verdicts"] if verdict["met"] is False]
    step.check(
        "somebody too young is told so, with the day, before filling in anything", bool(told) and bool(told[0]["day"]), told
    )
    refused = young.visitor.ask("POST", "/api/v1/service/drafts", {"item": ITEM, "answers": ANSWERS, "prefill": True})
    step.check("and cannot begin", refused.status_code == 422, refused.status_code)


def _apply_online(cast: Cast, step: Step, elder: Citizen) -> str:
    kept = cast.memory.get("service case")
    if kept is not None:
        step.check("the case of the earlier day is still there", _case(cast, kept)["id"] == kept)
        return str(kept)
    guide = elder.visitor.post(f"/api/v1/service/items/{ITEM}/guide", {"answers": ANSWERS})
    step.check("the guide says yes by the population base", guide["qualifies"] is True, guide["verdicts"])
    draft = fill_in(elder)
    grades = {line["value"]["grade"] for line in draft["lines"] if line["value"] and line["id"] != "delivery"}
    step.check("the form is filled in from the bases, with grade and source", grades <= {"A", "B"}, grades)
    step.note("filled in", draft["filled"])
    case = send(elder, draft["id"])
    again = send(elder, draft["id"], key="another")
    step.check("sent twice, it is one case", again == case, again)
    cast.memory.keep("service case", case)
    clerk = cast.official(CLERK)
    refused = clerk.ask("POST", f"/api/v1/service/applications/{case}/moves", _move(clerk, case, "accept"), key=f"{case} early")
    step.check("nothing is accepted before its papers are checked", refused.status_code == 422, refused.status_code)
    _ask_for_correction(step, clerk, elder, case)
    return case


def fill_in(elder: Citizen) -> dict[str, Any]:
    """A draft with every gap filled; taken up where it was left."""
    draft = elder.visitor.post("/api/v1/service/drafts", {"item": ITEM, "answers": ANSWERS, "prefill": True})
    path = f"/api/v1/service/drafts/{draft['id']}"
    elder.visitor.post(path, {"values": {"delivery": "electronic"}})
    filled: dict[str, Any] = elder.visitor.send_file(f"{path}/files/photo", "photo.png", portrait("gray"))
    return filled


def send(elder: Citizen, draft: str, key: str = "") -> str:
    sent = elder.visitor.post(f"/api/v1/service/drafts/{draft}/submit", key=f"{key or 'send'} {draft}"[:100])
    return str(sent["case_id"])


def _ask_for_correction(step: Step, clerk: Visitor, elder: Citizen, case: str) -> None:
    check_papers(clerk, case, wrong="photo")
    clerk.post(f"/api/v1/service/applications/{case}/moves", _move(clerk, case, "return"), key=f"{case} return")
    mine = elder.visitor.get(f"/api/v1/flow/cases/{case}")
    step.check(
        "the elder is told everything at once",
        mine["stage"] == "correction" and WHY in str(mine["facts"]["gaps"]),
        mine["stage"],
    )
    correct(elder, case)
    offered = {move["id"] for move in clerk.get(f"/api/v1/flow/cases/{case}/moves")}
    step.check("a correction is told once", "return" not in offered, offered)


def check_papers(clerk: Visitor, case: str, wrong: str = "") -> None:
    """Look at each paper; one of them may not do."""
    for line in clerk.get(f"/api/v1/service/applications/{case}")["materials"]:
        fits = line["id"] != wrong
        body = {"fits": fits, "note": "" if fits else WHY}
        clerk.post(f"/api/v1/service/applications/{case}/materials/{line['id']}", body)


def correct(elder: Citizen, case: str) -> None:
    """Hand in a better photo and send it."""
    elder.visitor.send_file(f"/api/v1/service/applications/{case}/files/photo", "photo.png", portrait("white"))
    rev = elder.visitor.get(f"/api/v1/flow/cases/{case}")["rev"]
    elder.visitor.post(f"/api/v1/service/applications/{case}/correction", {"rev": rev}, key=f"{case} correction")


def _handle(cast: Cast, step: Step, elder: Citizen | None, case: str) -> None:
    """Bring a case from where it stands to its end, each by the post whose turn it is."""
    for _ in range(8):
        stage = _case(cast, case)["stage"]
        if stage in ("done", "refused", "withdrawn", "not_accepted"):
            break
        if stage == "decide":
            _nobody_decides_on_their_own_work(cast, step, case)
        if stage == "correction" and elder is not None:
            correct(elder, case)
        else:
            take_turn(cast, case, stage)
    found = _case(cast, case)
    step.check("accepted, examined, decided by another, made and delivered", found["outcome"] == "granted", found["stage_name"])


def _nobody_decides_on_their_own_work(cast: Cast, step: Step, case: str) -> None:
    examiner = cast.official(EXAMINER)
    refused = examiner.ask(
        "POST", f"/api/v1/service/applications/{case}/moves", _move(examiner, case, "grant"), key=f"{case} own"
    )
    step.check("whoever examined it cannot decide it", refused.status_code == 403, refused.status_code)


def take_turn(cast: Cast, case: str, stage: str) -> None:
    """The usual step out of a stage, by whom it belongs to."""
    counter = _case(cast, case)["origin"] == "office"
    post, move, facts = {
        "receipt": (EXAMINER if counter else CLERK, "approve_origin" if counter else "accept", {}),
        "recheck": (EXAMINER if counter else CLERK, "approve_origin" if counter else "accept", {}),
        "review": (EXAMINER, "propose", {"opinion": "年满 60 周岁，户籍在本市，材料齐全（示例）"}),
        "decide": (DECIDER, "grant", {}),
        "making": (CLERK, "make", {}),
        "delivery": (CLERK, "deliver", {"delivered_how": "电子证照已进证照夹（示例）"}),
    }[stage]
    official = cast.official(post)
    if stage in ("receipt", "recheck"):
        check_papers(official, case)
    official.post(
        f"/api/v1/service/applications/{case}/moves", _move(official, case, move, facts), key=f"{case} {stage} {move}"
    )
    wait_for(lambda: _case(cast, case)["state"] != "effecting" or None, PATIENCE, f"what “{move}” asks for")


def _move(official: Visitor, case: str, move: str, facts: dict[str, str] | None = None) -> dict[str, Any]:
    rev = official.get(f"/api/v1/flow/cases/{case}")["rev"]
    return {"move": move, "rev": rev, "facts": facts or {}}


def _case(cast: Cast, case: str) -> dict[str, Any]:
    found: dict[str, Any] = cast.official(CLERK).get(f"/api/v1/flow/cases/{case}")
    return found


def _check_licence(cast: Cast, step: Step, elder: Citizen, case: str) -> str:
    """The elder holds it, and a stranger who knows nothing but its code finds it valid."""
    held = next((licence for licence in elder.visitor.pages("/api/v1/licence/mine") if licence["case_id"] == case), None)
    step.check("the elder holds the licence", held is not None)
    if held is None:
        return ""
    answer = cast.stranger().post("/api/v1/licence/verify", {"code": held["code"], "purpose": "乘车核验（示例）"})
    step.check("a stranger finds it valid by its code", answer["answer"] == "valid", answer["answer"])
    step.check("and it is the same licence", answer["identifier"] == held["identifier"], answer["identifier"])
    check_licence(step, elder.visitor, cast.stranger(), held)
    return str(held["identifier"])


def _rate(cast: Cast, step: Step, elder: Citizen, case: str) -> None:
    rated = elder.visitor.post(f"/api/v1/service/applications/{case}/rating", {"stars": 5, "reasons": ["501", "504"]})
    step.check("the elder rates it, once", rated["stars"] == 5, rated["stars"])
    again = elder.visitor.ask("POST", f"/api/v1/service/applications/{case}/rating", {"stars": 1})
    step.check("another rating is refused", again.status_code == 409, again.status_code)
    seen = {rating["case_id"] for rating in cast.official(DECIDER).pages("/api/v1/service/ratings")}
    step.check("the bureau sees it", case in seen)


def _take_in(cast: Cast, step: Step, person: Person) -> str:
    """Somebody without a phone: name, card and a spoken yes."""
    clerk = cast.official(CLERK)
    who = {"item": ITEM, "name": person.name, "id_number": person.id_number, "answers": ANSWERS}
    silent = clerk.ask("POST", "/api/v1/service/counter/sheet", who)
    step.check("without a spoken yes the clerk sees nothing", silent.status_code == 422, silent.status_code)
    sheet = clerk.post("/api/v1/service/counter/sheet", who | {"spoken_consent": True})
    step.check("with it, the bases fill in the form", sheet["applicant"] == person.name, sheet["unfit"])
    body = who | {"spoken_consent": True, "values": {"delivery": "counter", "phone": "024-22512345"}, "seen": ["photo"]}
    taken = clerk.post("/api/v1/service/counter", body, key=f"counter {person.id}")
    step.check("the receipt has a number", bool(taken["number"]), taken["number"])
    case = str(taken["case_id"])
    if _case(cast, case)["stage"] == "receipt":
        check_papers(clerk, case)
        own = clerk.ask(
            "POST", f"/api/v1/service/applications/{case}/moves", _move(clerk, case, "approve_origin"), key=f"{case} own"
        )
        step.check("whoever took it in cannot approve it", own.status_code == 403, own.status_code)
    return case


def portrait(colour: str) -> bytes:
    """A picture that stands for a portrait (generated)."""
    stream = io.BytesIO()
    Image.new("RGB", (120, 160), colour).save(stream, "PNG")
    return stream.getvalue()
