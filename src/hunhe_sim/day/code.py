"""The step `code`: sign up, real name, real person, a phone that shows codes, terminals that scan them, and what must not pass."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from hunhe_sim import phone as phones
from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import Citizen, citizen_of, meet_citizen, prove_identity
from hunhe_sim.day.report import Step
from hunhe_sim.day.service import AGE, born_before
from hunhe_sim.day.visitor import Machine, wait_for
from hunhe_sim.phone import Phone

CARRIER, OTHER = 2, 3  # numbers of the citizens of this step
REAL_PERSON = 3
OWNER, OTHER_OWNER, FUNCTION_OWNER = "civil_affairs", "health_insurance", "public_security"
PATIENCE = 45.0


@dataclass(slots=True)
class Terminal:
    """One terminal with its token."""

    id: str
    machine: Machine

    def scan(self, payload: str, key: str = "", function: str = "") -> "Scanned":
        reply = self.machine.scan(self.id, payload, key, function)
        body: dict[str, Any] = reply.json()
        entry = body["receipt"]["entry_id"] if reply.is_success else body.get("entry_id", "")
        return Scanned(reply.status_code, str(body.get("code", "")), entry, body)


@dataclass(frozen=True, slots=True)
class Scanned:
    status: int
    code: str
    entry_id: str
    body: Mapping[str, Any]


def play_code(cast: Cast, step: Step) -> dict[str, Any]:
    """Returns what a second day must find again: devices and terminals."""
    citizen = meet_citizen(cast, CARRIER)
    prove_identity(citizen)
    connect_police(cast)
    terminals = {name: put_up_terminal(cast, name) for name in TERMINALS}
    phone = carry_phone(cast, citizen)
    step.check("the phone holds certificates that the city signed", phone.is_issued_by(_issuer(citizen)))
    step.check("no two certificates have a part in common by which to know the phone again", phone.parts_in_common() == 0)
    _become_real_person(cast, step, citizen, phone, terminals["desk"])
    entries = _pass(cast, step, phone, terminals)
    entries |= _refuse(step, phone, terminals)
    entries |= _lose_phone(cast, step, citizen, terminals["south"])
    _switch(cast, step, phone, terminals)
    _see_uses(cast, step, citizen, entries)
    devices = sorted(device["id"] for device in citizen.visitor.get("/api/v1/code/devices"))
    return {"devices": devices, "terminals": {name: terminal.id for name, terminal in terminals.items()}}


CARD_TERMINAL = (OTHER_OWNER, "elder_card", "示范公园（示例）", "西门")
TERMINALS = {
    "south": (OWNER, "gate", "示范养老中心（示例）", "南门"),
    "north": (OWNER, "gate", "示范养老中心（示例）", "北门"),
    "desk": (OWNER, "identification", "民政服务大厅（示例）", "3 号窗口"),
    "insurance": (OTHER_OWNER, "gate", "医保服务大厅（示例）", "东门"),
}


def show_card(cast: Cast, step: Step) -> None:
    """Once the card is issued, its holder's code says so at a gate, and not what is printed on it; somebody without is told."""
    elder = citizen_of(cast, next(cast.truth.elders(born_before(AGE + 1))))
    gate = put_up_terminal(cast, "card")
    held = gate.scan(carry_phone(cast, elder).show())
    shown = [one["label"] for one in held.body.get("shows", [])]
    step.check(
        "the elder's code says that the card is valid", (held.status, shown) == (200, ["优待证有效"]), (held.code, shown)
    )
    step.check(
        "it does not say who they are", elder.person.name not in str(held.body) and elder.person.id_number not in str(held.body)
    )
    young = meet_citizen(cast, CARRIER)
    if not any(licence["type"] == "elder_card" for licence in young.visitor.pages("/api/v1/licence/mine")):
        without = gate.scan(carry_phone(cast, young).show())
        step.check("without a card: no_licence", without.code == "no_licence", (without.status, without.code))


def connect_police(cast: Cast) -> None:
    """The operators say where the police's service is; here it is this world's own (模拟)."""
    place = {"location": cast.order.market, "secret": cast.truth.world["api_key"]}
    cast.official("data_bureau.administrator").put("/api/v1/code/connections/liveness", place)


def put_up_terminal(cast: Cast, name: str) -> Terminal:
    """A department's terminal; its token is shown once, so it is remembered."""
    department, function, place, words = CARD_TERMINAL if name == "card" else TERMINALS[name]
    kept = cast.memory.get(f"terminal {name}")
    if kept is None:
        asked = {"name": words, "place": place, "function": function}
        made = cast.official(f"{department}.applicant").post("/api/v1/code/terminals", asked, key=f"day {name}")
        kept = {"id": made["terminal"]["id"], "secret": made["secret"]}
        cast.memory.keep(f"terminal {name}", kept)
    return Terminal(kept["id"], cast.machine(kept["secret"]))


def carry_phone(cast: Cast, citizen: Citizen, name: str = "日常手机（模拟）") -> Phone:
    """The citizen's phone, with fresh certificates; its key is made once and remembered."""
    kept = f"phone {citizen.person.id} {name}"
    pem = cast.memory.get(kept)
    if pem is None:
        pem = phones.key_text(phones.new_key())
        cast.memory.keep(kept, pem)
    phone = Phone(citizen.visitor, _account(citizen), phones.key_of(pem))
    phone.enrol(name)
    phone.renew()
    return phone


def _account(citizen: Citizen) -> str:
    return str(citizen.visitor.get("/api/v1/identity/me")["id"])


def _issuer(citizen: Citizen) -> bytes:
    return base64.b64decode(citizen.visitor.get("/api/v1/code/issuer")["public"])


def _become_real_person(cast: Cast, step: Step, citizen: Citizen, phone: Phone, desk: Terminal) -> None:
    if citizen.level() < REAL_PERSON:
        refused = desk.scan(phone.show())
        step.check("name and number alone do not identify: level", refused.code == "level", (refused.status, refused.code))
        stolen = _show_face(citizen, cast.truth.plain_people(OTHER + 1)[OTHER].id_number)
        step.check(
            "another face is refused, the level stays", (stolen, citizen.level()) == ("failed", 2), (stolen, citizen.level())
        )
        own = _show_face(citizen, citizen.person.id_number)
        step.check("the right face passes", own == "passed", own)
        phone.renew()
    step.check("the citizen is a real person: level 3", citizen.level() == REAL_PERSON, citizen.level())


def _show_face(citizen: Citizen, face: str) -> str:
    """Ask, look into the police's page, wait for what the city then says."""
    asked = citizen.visitor.post("/api/v1/code/liveness")

    def page() -> str | None:
        found = citizen.visitor.get("/api/v1/code/liveness")
        return found["page"] if found["id"] == asked["id"] and found["page"] else None

    address = wait_for(page, PATIENCE, "the police's page")
    httpx.post(address, data={"face": face}, timeout=10.0).raise_for_status()

    def answer() -> str | None:
        state = citizen.visitor.get("/api/v1/code/liveness")["state"]
        return None if state == "asked" else str(state)

    return wait_for(answer, PATIENCE, "the answer of the police")


def _pass(cast: Cast, step: Step, phone: Phone, terminals: Mapping[str, Terminal]) -> dict[str, str]:
    south, north, other = (terminals[name].scan(phone.show()) for name in ("south", "north", "insurance"))
    step.check("a fresh code passes at the gate", south.status == 200, (south.status, south.code))
    step.check(
        "one department knows the person by one name, another by another",
        south.body["pseudonym"] == north.body["pseudonym"] != other.body["pseudonym"],
        (south.body["pseudonym"], north.body["pseudonym"], other.body["pseudonym"]),
    )
    step.check(
        "the gate learns no name", not any("姓名" in shown["label"] for shown in south.body["shows"]), south.body["shows"]
    )
    named = terminals["desk"].scan(phone.show())
    seen = named.body.get("shows", [{}])[0].get("value", "")
    step.check("the counter sees a masked name", named.status == 200 and "*" in seen and len(seen) > 1, (named.code, seen))
    for passed in (south, north, other, named):
        receipt = passed.body["receipt"]
        index = cast.log.check_receipt(receipt["entry_id"], receipt["leaf_hash"])
        step.check("its receipt is in the signed tree", index == receipt["index"], index)
    again = "again " + south.entry_id
    first, second = (terminals["south"].scan(code, key=again) for code in [phone.show()] * 2)
    step.check("the same Idempotency-Key is the same scan", first.entry_id == second.entry_id != "", second.code)
    return dict.fromkeys((south.entry_id, north.entry_id, other.entry_id, named.entry_id, first.entry_id), "")


def _refuse(step: Step, phone: Phone, terminals: Mapping[str, Terminal]) -> dict[str, str]:
    south, desk = terminals["south"], terminals["desk"]
    code = phone.show()
    south.scan(code)
    forged = phone.show()
    tries = {
        "replayed": terminals["north"].scan(code),
        "expired": south.scan(phone.show(ago=90)),
        "clock_ahead": south.scan(phone.show(ago=-120)),
        "wrong_function": south.scan(phone.show(function=1)),
        "malformed": south.scan("https://example.com/"),
        "forged": desk.scan(forged[:20] + ("0" if forged[20] != "0" else "1") + forged[21:]),
    }
    for code_, tried in tries.items():
        step.check(f"refused: {code_}", tried.code == code_, (tried.status, tried.code))
    asked = south.scan(phone.show(), function="identification")
    step.check("a terminal cannot ask for another function", asked.code == "wrong_function", (asked.status, asked.code))
    alien = Terminal(desk.id, south.machine).scan(phone.show())
    step.check("a terminal's token is no other terminal's", alien.code == "unknown_terminal", (alien.status, alien.code))
    known = ("replayed", "expired", "clock_ahead", "wrong_function")
    return {tries[code].entry_id: code for code in known} | {asked.entry_id: "wrong_function"}


def _lose_phone(cast: Cast, step: Step, citizen: Citizen, gate: Terminal) -> dict[str, str]:
    """A phone is lost once; on a later day it is still lost, and what it kept does not pass."""
    name, kept = "丢失的手机（模拟）", cast.memory.get("lost phone")
    if kept is None:
        phone = carry_phone(cast, citizen, name)
        passed = gate.scan(phone.show())
        step.check("before it is lost, the second phone passes", passed.status == 200, (passed.status, passed.code))
        citizen.visitor.post(f"/api/v1/code/devices/{phone.device}/revoke")
        kept = [[phones.text(raw), phones.key_text(key)] for raw, key in phone.ready]
        cast.memory.keep("lost phone", kept)
    lost = Phone(citizen.visitor, "", phones.new_key())
    lost.ready = tuple((base64.b64decode(raw), phones.key_of(pem)) for raw, pem in kept)
    refused = gate.scan(lost.show())
    over = ("revoked_device", "certificate_over")  # the latter a day later
    step.check("a lost phone is refused", refused.code in over, (refused.status, refused.code))
    return {refused.entry_id: refused.code}


def _switch(cast: Cast, step: Step, phone: Phone, terminals: Mapping[str, Terminal]) -> None:
    owner = cast.official(f"{FUNCTION_OWNER}.approver")
    owner.post("/api/v1/functions/functions/identification/switch", {"on": False, "reason": "例行检修（示例）"})
    off, others = terminals["desk"].scan(phone.show()), terminals["south"].scan(phone.show())
    step.check(
        "one function is switched off, the others go on",
        (off.code, others.status) == ("switched_off", 200),
        (off.code, others.code),
    )
    owner.post("/api/v1/functions/functions/identification/switch", {"on": True, "reason": "检修完成（示例）"})
    on = terminals["desk"].scan(phone.show())
    step.check("switched on again it passes", on.status == 200, (on.status, on.code))


def _see_uses(cast: Cast, step: Step, citizen: Citizen, entries: Mapping[str, str]) -> None:
    """Every scan in “my data”, the refused ones with their reason, each receipt proved alone."""
    uses = {use["entry_id"]: use for use in citizen.visitor.pages("/api/v1/exchange/my-uses")}
    missing = [entry for entry in entries if entry not in uses]
    step.check("every scan is in “my data”", not missing, missing)
    reasons = {
        entry: (uses[entry]["code"], code) for entry, code in entries.items() if entry in uses and uses[entry]["code"] != code
    }
    step.check("refused scans say why", not reasons, reasons)
    for entry in entries:
        cast.log.check_receipt(entry, uses[entry]["leaf_hash"])
    step.note("scans proved", len(entries))
    step.check("each of these receipts is proved by inclusion in the signed log", True)
