"""Step three: nobody gets data without a grant, and with one exactly what was granted, masked, counted and receipted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import PROCEDURE, Citizen, meet_citizen, open_own_case, prove_identity
from hunhe_sim.day.grants import Wish, obtain_grant, revoke
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Machine

CALLER, CASE_CALLER, PROVIDER = "health_insurance", "civil_affairs", "public_security"
SYSTEMS = {CALLER: "医保核心系统（模拟）", CASE_CALLER: "社会救助系统（模拟）"}
QUOTA = 4
COLUMNS = {"name": "give", "status": "give", "birth_date": "mask", "phone": "mask", "address": "withhold"}
PLAIN, WITH_CASE, SHORT_LIVED, NEVER = (
    "参保人身份核对（示例）",
    "取暖补贴核验（示例）",
    "一次性清查（示例）",
    "未获授权的用途（示例）",
)


@dataclass(frozen=True, slots=True)
class Called:
    """One call of the day: what came back, and its receipt where data was given."""

    status: int
    code: str
    entry_id: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class Caller:
    """A department's own system, calling about people."""

    machine: Machine
    day: str
    seen: list[Called]

    def call(self, service: str, id_number: str, purpose: str, name: str, case: str = "") -> Called:
        """`name` is this call's own within the day: repeated on the same day, it is the same call."""
        body = {"key": {"id_number": id_number}, "purpose": purpose} | ({"case": case} if case else {})
        called = _called(self.machine.call(service, body, f"{self.day} {name}".replace(" ", "-")))
        self.seen.append(called)
        return called


def _called(reply: httpx.Response) -> Called:
    body: dict[str, Any] = reply.json()
    entry = body["receipt"]["entry_id"] if reply.is_success else body.get("entry_id", "")
    return Called(reply.status_code, str(body.get("code", "")), entry, body)


def play_exchange(cast: Cast, step: Step) -> list[Called]:
    """Returns the calls about the first citizen, for that citizen to find again."""
    first, second = meet_citizen(cast, 0), meet_citizen(cast, 1)
    service, resource = find_lookup(cast)
    step.check("the catalogue search finds the household register", True)
    caller = _caller(cast, CALLER)
    with_case_caller = _caller(cast, CASE_CALLER)
    _without_grant(cast, step, caller, service, first)
    plain, with_case, short = _wishes(service, resource)
    _granted(cast, step, caller, plain, first)
    _spend_quota(step, caller, plain, first)
    _case_demanded(cast, step, with_case_caller, with_case, (first, second))
    _revoked(cast, step, caller, short, first)
    calls = caller.seen + with_case_caller.seen
    step.note("calls", len(calls))
    return calls


def _caller(cast: Cast, department: str) -> Caller:
    return Caller(cast.machine(client_secret(cast, department)), today(), [])


def today() -> str:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def client_secret(cast: Cast, department: str = CALLER) -> str:
    """The key of a department's system; shown once, so it is remembered."""
    kept = f"client secret {department}"
    secret = cast.memory.get(kept)
    if secret is None:
        applicant = cast.official(f"{department}.applicant")
        secret = applicant.post("/api/v1/identity/clients", {"name": SYSTEMS[department], "department": department})["secret"]
        cast.memory.keep(kept, secret)
    return str(secret)


def find_lookup(cast: Cast) -> tuple[str, str]:
    """(look-up service, its resource) of the household register, found as an official would: by searching."""
    applicant = cast.official(f"{CALLER}.applicant")
    found = applicant.get("/api/v1/catalogue/search", text="人口")["items"]
    resource = next(entry["code"] for entry in found if entry["department"] == PROVIDER)
    return next(
        entry["code"] for entry in _services(cast) if entry["resource"] == resource and entry["kind"] == "lookup"
    ), resource


def closed_service(cast: Cast) -> str:
    """A service that nobody in this world ever applied for."""
    return str(next(entry["code"] for entry in _services(cast) if entry["department"] == "human_resources"))


def _services(cast: Cast) -> Iterator[dict[str, Any]]:
    return cast.official(f"{CALLER}.applicant").pages("/api/v1/exchange/services")


def _wishes(service: str, resource: str) -> tuple[Wish, Wish, Wish]:
    def wish(key: str, applicant: str, purpose: str, quota: int, procedure: str = "") -> Wish:
        return Wish(f"day {key}", service, resource, PROVIDER, applicant, purpose, quota, COLUMNS, procedure=procedure)

    return (
        wish("plain", CALLER, PLAIN, QUOTA),
        wish("case", CASE_CALLER, WITH_CASE, 1000, PROCEDURE),
        wish("short", CALLER, SHORT_LIVED, 10),
    )


def _without_grant(cast: Cast, step: Step, caller: Caller, service: str, citizen: Citizen) -> None:
    number = citizen.person.id_number
    refused = caller.call(closed_service(cast), number, NEVER, "closed")
    caller.seen.clear()  # that list is asked by other keys, so the city cannot know whom the call was about
    step.check(
        "without a grant: 403 no_grant", (refused.status, refused.code) == (403, "no_grant"), (refused.status, refused.code)
    )
    if not cast.memory.get("applied"):
        refused = caller.call(service, number, PLAIN, "too early")
        step.check(
            "before its grant, the same call: 403 no_grant",
            (refused.status, refused.code) == (403, "no_grant"),
            (refused.status, refused.code),
        )
    stranger = _called(cast.machine("").call(service, {"key": {"id_number": number}, "purpose": PLAIN}, "stranger"))
    step.check(
        "without a key: 401 no_token", (stranger.status, stranger.code) == (401, "no_token"), (stranger.status, stranger.code)
    )
    cast.memory.keep("applied", True)


def _granted(cast: Cast, step: Step, caller: Caller, wish: Wish, citizen: Citizen) -> None:
    grant = obtain_grant(cast, wish)
    step.note("grant", grant["id"])
    step.check("the grant holds the provider's choice per column", grant["columns"] == dict(COLUMNS), grant["columns"])
    given = caller.call(wish.service, citizen.person.id_number, wish.purpose, "plain 0")
    data = given.body.get("data", {})
    step.check("with the grant: 200", given.status == 200, (given.status, given.code))
    step.check("only granted columns come", set(data) == {"name", "status", "birth_date", "phone"}, sorted(data))
    step.check("given columns are whole", data.get("name") == citizen.person.name, "another name")
    step.check("masked columns are masked", "*" in str(data.get("phone")), data.get("phone"))
    receipt = given.body.get("receipt", {})
    index = cast.log.check_receipt(receipt["entry_id"], receipt["leaf_hash"])
    step.check("the receipt's leaf is in the signed tree", index == receipt["index"], index)
    step.check("the receipt's own checkpoint is signed and covers it", cast.log.open(receipt["checkpoint"]).size > index)


def _spend_quota(step: Step, caller: Caller, wish: Wish, citizen: Citizen) -> None:
    again = caller.call(wish.service, citizen.person.id_number, wish.purpose, "plain 0")
    step.check("the same Idempotency-Key gets the same receipt", again.entry_id == caller.seen[-2].entry_id, again.entry_id)
    spent = [
        caller.call(wish.service, citizen.person.id_number, wish.purpose, f"plain {number}").status
        for number in range(1, QUOTA)
    ]
    step.check(f"the quota of {QUOTA} a day is given", spent == [200] * (QUOTA - 1), spent)
    over = caller.call(wish.service, citizen.person.id_number, wish.purpose, "plain over")
    step.check("beyond the quota: 429", (over.status, over.code) == (429, "quota"), (over.status, over.code))


def _case_demanded(cast: Cast, step: Step, caller: Caller, wish: Wish, citizens: tuple[Citizen, Citizen]) -> None:
    first, second = citizens
    grant = obtain_grant(cast, wish)
    step.note("grant with case", grant["id"])
    number = first.person.id_number
    missing = caller.call(wish.service, number, wish.purpose, "case missing")
    step.check("without the demanded case: 403 case_missing", missing.code == "case_missing", (missing.status, missing.code))
    _prove(step, first)
    case = open_own_case(first)
    step.note("case", case["number"])
    given = caller.call(wish.service, number, wish.purpose, "case given", case["id"])
    step.check("with an open case of that citizen: 200", given.status == 200, (given.status, given.code))
    other = caller.call(wish.service, second.person.id_number, wish.purpose, "case of another", case["id"])
    step.check("with somebody else's case: 403 case_mismatch", other.code == "case_mismatch", (other.status, other.code))
    caller.seen.remove(other)


def _prove(step: Step, citizen: Citizen) -> None:
    if citizen.level() < 2:
        wrong = citizen.confirm("查无此人", citizen.person.id_number)
        step.check("a wrong name proves nothing", wrong >= 400 and citizen.level() < 2, wrong)
        prove_identity(citizen)
    step.check("name and number give level 2", citizen.level() == 2, citizen.level())


def _revoked(cast: Cast, step: Step, caller: Caller, wish: Wish, citizen: Citizen) -> None:
    grant = obtain_grant(cast, wish)
    if grant["state"] == "active":
        given = caller.call(wish.service, citizen.person.id_number, wish.purpose, "short 0")
        step.check("before revocation: 200", given.status == 200, (given.status, given.code))
    revoke(cast, wish, grant)
    refused = caller.call(wish.service, citizen.person.id_number, wish.purpose, "short 1")
    step.check(
        "after revocation the next call is refused",
        (refused.status, refused.code) == (403, "no_grant"),
        (refused.status, refused.code),
    )
    step.note("grant revoked", grant["id"])
