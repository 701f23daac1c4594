"""What a citizen does about their own data: allows and takes back, questions a line, takes a copy home, asks to be erased."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import Citizen, meet_citizen, prove_identity
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Json, wait_for, whole

KIND = "service.prefill"
RECIPIENT = "civil_affairs"
TAKEN_BACK = "code.show_name"
LEAVER = 3
REVIEWER = "data_bureau.reviewer"
PATIENCE = 120.0
WHOLE = {"index.html", "data.json", "receipts.json"}


def play_rights(cast: Cast, step: Step, citizen: Citizen, uses: dict[str, Json]) -> dict[str, Any]:
    """Returns what a second day must find again."""
    found = {"consents": _consents(citizen, step), "question": _question(citizen, step)}
    _copy(cast, citizen, step, uses)
    return found | {"erased": _erasure(cast, step)}


def _consents(citizen: Citizen, step: Step) -> list[str]:
    visitor = citizen.visitor
    allowed = _give(citizen, KIND, RECIPIENT, "day allow")
    step.check("allowing twice is one consent", _give(citizen, KIND, RECIPIENT, "day allow again")["id"] == allowed["id"])
    other = _give(citizen, TAKEN_BACK, "", "day take back")
    taken = visitor.post(f"/api/v1/consent/consents/{other['id']}/withdraw")
    step.check("what is taken back is over at once", taken["state"] == "withdrawn", taken["state"])
    revived = _give(citizen, TAKEN_BACK, "", "day take back")
    step.check("a retry never revives what was taken back", revived["id"] == other["id"] and revived["state"] == "withdrawn")
    listed = {one["id"]: one["state"] for one in visitor.pages("/api/v1/consent/consents")}
    step.check(
        "the person's list says the same", (listed.get(allowed["id"]), listed.get(other["id"])) == ("given", "withdrawn")
    )
    return [allowed["id"], other["id"]]


def _give(citizen: Citizen, kind: str, recipient: str, key: str) -> Json:
    body = {"kind": kind, "recipient": recipient, "purpose": "取暖补贴申领（示例）" if recipient else ""}
    return citizen.visitor.post("/api/v1/consent/consents", body, key=key)


def _question(citizen: Citizen, step: Step) -> str:
    """“This is not right”, asked twice: one correction, at the department the value comes from."""
    record = citizen.visitor.get("/api/v1/bases/own")
    field = next(one for one in record["fields"] if one["name"] == "address" and one["source"])
    asked = {"field": field["name"], "explanation": "去年搬了家，门牌变了（示例）"}
    first = citizen.visitor.post("/api/v1/bases/questions", asked)
    step.check("asking again is the same correction", citizen.visitor.post("/api/v1/bases/questions", asked) == first)
    mine = {case["id"]: case for case in citizen.visitor.pages("/api/v1/flow/cases")}
    step.check("the person follows it among their own matters", first["case_id"] in mine)
    return str(first["case_id"])


def _copy(cast: Cast, citizen: Citizen, step: Step, uses: dict[str, Json]) -> None:
    """One file with everything; what was used until it was made stands in it, and each receipt in it is proved."""
    copy = _ready_copy(citizen)
    with zipfile.ZipFile(io.BytesIO(citizen.visitor.bytes(copy["url"]))) as archive:
        names = set(archive.namelist())
        page = archive.read("index.html").decode()
        held = json.loads(archive.read("data.json"))["holdings"]
        receipts = json.loads(archive.read("receipts.json"))
    step.check("the copy holds a page, data and receipts", names >= WHOLE, sorted(names))
    step.check("its page names the person's record", citizen.person.name in page)
    made = datetime.fromisoformat(copy["ready_at"])
    expected = {entry for entry, use in uses.items() if datetime.fromisoformat(use["at"]) < made and use["entry_id"]}
    inside = {row["entry_id"] for row in held["exchange"]["uses"]}
    step.check("every use until then is in it", expected <= inside, f"{len(expected - inside)} missing")
    step.check("so are consents, cases and the record", {"consent", "flow", "bases", "identity"} <= held.keys(), sorted(held))
    step.check("its receipts are of the log that we know", receipts["verifier"] == cast.log.verifier)
    for receipt in receipts["receipts"]:
        cast.log.check_receipt(receipt["entry_id"], receipt["leaf_hash"])
    step.note("receipts proved from the copy", len(receipts["receipts"]))
    other = meet_citizen(cast, 1).visitor.ask("GET", copy["url"]).status_code
    step.check("nobody else takes it", other == 404, other)


def _ready_copy(citizen: Citizen) -> Json:
    visitor = citizen.visitor
    copies = visitor.get("/api/v1/mydata/copies")["items"]
    over = sum(one["state"] in ("expired", "failed") for one in copies)
    visitor.post("/api/v1/mydata/copies", key=f"day copy {over}")

    def ready() -> Json | None:
        return next((one for one in visitor.get("/api/v1/mydata/copies")["items"] if one["state"] == "ready"), None)

    return wait_for(ready, PATIENCE, "the copy of everything")


def _erasure(cast: Cast, step: Step) -> dict[str, str]:
    """Somebody asks to be erased; the bureau erases what it may, and says of the rest which law keeps it."""
    leaver = meet_citizen(cast, LEAVER)
    prove_identity(leaver)
    case = cast.memory.get("erasure")
    if case is None:
        _give(leaver, KIND, RECIPIENT, "day allow")
        body = {"rooms": ["consent", "notify"], "explanation": "不想再留（示例）"}
        case = leaver.visitor.post("/api/v1/mydata/erasures", body, key="day erasure")["case_id"]
        _answer(cast, case)
        cast.memory.keep("erasure", case)

    def answered() -> Json | None:
        asked = leaver.visitor.get("/api/v1/mydata/erasures")["items"]
        return next((one for one in asked if one["case_id"] == case and one["state"] == "closed"), None)

    asked = wait_for(answered, PATIENCE, "the answer to the erasure request")
    lines = {line["room"]: line for line in asked["lines"]}
    step.check("what was asked for is erased", lines["consent"]["outcome"] == "erased", lines.get("consent"))
    kept = [line for line in asked["lines"] if line["outcome"] != "erased"]
    step.check("what stays says why", bool(kept) and all(line["why"] for line in kept), kept)
    left = list(leaver.visitor.pages("/api/v1/consent/consents"))
    step.check("no erased consent is listed any more", not left, len(left))
    for line in asked["lines"]:
        cast.log.check_receipt(line["entry_id"], _sealed(cast, line["entry_id"])["leaf_hash"])
    return {room: line["outcome"] for room, line in lines.items()}


def _sealed(cast: Cast, entry_id: str) -> Json:
    """The proof of an entry that has just been written: it is sealed within moments."""

    def look() -> Json | None:
        reply = cast.passer_by.ask("GET", f"/audit/v1/proof/{entry_id}")
        return None if reply.status_code == 409 else whole(reply).json()

    return wait_for(look, PATIENCE, f"the seal of {entry_id}")


def _answer(cast: Cast, case: str) -> None:
    reviewer = cast.official(REVIEWER)
    found = reviewer.get(f"/api/v1/flow/cases/{case}")
    if found["stage"] == "check":
        body = {"move": "checked", "rev": found["rev"]}
        found = reviewer.post(f"/api/v1/flow/cases/{case}/moves", body, key=f"check {case}")
    if found["stage"] == "decide" and found["state"] == "open":
        body = {"move": "decide", "rev": found["rev"], "facts": {"erase": found["facts"]["wanted"]}}
        reviewer.post(f"/api/v1/flow/cases/{case}/moves", body, key=f"decide {case}")
