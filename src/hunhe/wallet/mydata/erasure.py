"""Requests to erase: opened by the person, answered by the data bureau, carried out by what rooms registered."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.consent.shapes import Holding
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Asked, Case, Effect
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link
from hunhe.ui.polite import in_language
from hunhe.wallet.mydata.shapes import ErasureRequest

PROCEDURE = "erasure_request"
BUREAU = "data_bureau"
EFFECT = "consent.erase_subject"
DECIDE = "consent.may_decide_erasures"
SYSTEM = Who.system("mydata")
NOT_ASKED = msgid("You did not ask for it.")


def case_page(case: Case, skin: str) -> str:
    """Requests to erase are shown here, with what every room holds."""
    if case.procedure != PROCEDURE:
        return ""
    return link("mydata:erase") if skin == "citizen" else link("mydata:erasure", case.id)


def title_of(holding: Holding) -> str:
    return title_in_city(holding.title)


def title_in_city(title: str) -> str:
    """A holding's name as cases keep it: in the city's own language, whoever reads."""
    with in_language("zh-hans"):
        return gettext(title)


def open_request(who: Who, subject_id: str, rooms: Iterable[str], explanation: str, key: str) -> Case:
    """The person's request that runs already, or a new one for these rooms."""
    running = newest(subject_id)
    if running is not None and running.is_open:
        return running
    held, wished = consents.holdings_of(who=SYSTEM, subject_id=subject_id), set(rooms)
    wanted = [holding for holding in held if holding.room in wished and holding.erasable]
    if not wanted:
        raise Invalid("mydata.erasure.nothing", msgid("Choose at least one thing that can be erased."))
    facts: dict[str, Any] = {"wanted": [title_of(holding) for holding in wanted]}
    if explanation.strip():
        facts["explanation"] = explanation.strip()[:1000]
    return flow.open_case(
        who=Who.system("mydata", on_behalf_of=who.id),
        procedure=PROCEDURE,
        department=BUREAU,
        facts=facts,
        origin="subject",
        subject_id=subject_id,
        title="删除我的数据",
        key=f"{subject_id}:{key}"[:128],
    )


def newest(subject_id: str) -> Case | None:
    found = cases.cases_of_subject(who=SYSTEM, subject_id=subject_id)
    return next((case for case in found.items if case.procedure == PROCEDURE), None)


def request_of(case: Case, holdings: tuple[Holding, ...] = ()) -> ErasureRequest:
    lines = consents.erased_in(who=SYSTEM, case_id=case.id)
    named = {title_in_city(title): title for title in consents.holding_titles(who=SYSTEM).values()}
    wanted = tuple(named.get(title, title) for title in case.facts.get("wanted", ()))
    return ErasureRequest(case=case, wanted=wanted, lines=lines, holdings=holdings, reason=_reason(case))


def _reason(case: Case) -> str:
    if case.outcome != "refused":
        return ""
    return next((event.note for event in reversed(cases.history(who=SYSTEM, case_id=case.id)) if event.note), "")


def asked_request(who: Who, case_id: str) -> ErasureRequest:
    """A request as an official sees it, with what rooms hold now; the look is recorded under the person."""
    case = cases.case_by_id(who=who, case_id=case_id)
    if case.procedure != PROCEDURE or case.subject_id is None:
        raise NotFound("mydata.erasure.unknown", msgid("There is no such erasure request."))
    if not case.is_open:
        return request_of(case)
    holdings = consents.holdings_of(who=SYSTEM, subject_id=case.subject_id)
    audit.record(who=who, act="mydata.holdings.seen", object=f"case:{case.id}", subject_id=case.subject_id)
    return request_of(case, holdings)


def check(who: Who, case_id: str, expected_version: int, key: str) -> Case:
    """Write down which rooms hold what now and what the law keeps, and pass it on to be decided."""
    asked_request(who, case_id)
    return flow.move_case(who=who, case_id=case_id, move="checked", expected_version=expected_version, key=key)


def decide(who: Who, case_id: str, rooms: Iterable[str], reason: str, expected_version: int, key: str) -> Case:
    """Decide what is erased; what may be decided is judged by `check_decision`, whoever asks."""
    asked, chosen = asked_request(who, case_id), set(rooms)
    erased = [one for one in asked.holdings if one.room in chosen and one.erasable]
    if not erased:
        raise _nothing()
    facts: dict[str, Any] = {"erase": [title_of(one) for one in erased]}
    if reason.strip():
        facts["kept_reason"] = reason.strip()[:1000]
    return flow.move_case(who=who, case_id=case_id, move="decide", expected_version=expected_version, facts=facts, key=key)


def held(asked: Asked) -> dict[str, str]:
    """For flow: what every room holds now, in rows."""
    return {title_of(one): str(one.rows) for one in _holdings(asked)}


def duties(asked: Asked) -> dict[str, str]:
    """For flow: what the law keeps or no room can erase, and why."""
    return {title_of(one): one.duty or one.why for one in _holdings(asked) if one.duty or one.why}


def check_decision(asked: Asked) -> None:
    """For flow: only what can be erased is; what was asked for and stays without a duty has a reason."""
    erased = {str(title) for title in asked.given["erase"]}
    wanted = {str(title) for title in asked.facts.get("wanted", ())}
    found = {title_of(one): one for one in _holdings(asked)}
    if not erased or any(title not in found or not found[title].erasable for title in erased):
        raise _nothing()
    stays = [title for title, one in found.items() if title in wanted - erased and not one.duty]
    if stays and not str(asked.given.get("kept_reason", "")).strip():
        raise Invalid("mydata.erasure.reason", msgid("Say why something that was asked for stays."))


def _holdings(asked: Asked) -> tuple[Holding, ...]:
    return consents.holdings_of(who=SYSTEM, subject_id=asked.subject_id or "")


def _nothing() -> Invalid:
    return Invalid("mydata.erasure.none", msgid("Nothing is chosen. To erase nothing, use “do not erase” and say why."))


def carry_out(effect: Effect) -> None:
    """In the transaction that confirms the decision. The log's key goes last; the proofs stand."""
    case = effect.case
    if case.subject_id is None:
        return
    decided, reason = set(case.facts.get("erase", ())), str(case.facts.get("kept_reason", ""))
    holdings = consents.holdings_of(who=SYSTEM, subject_id=case.subject_id)
    rooms = [one.room for one in holdings if title_of(one) in decided]
    wanted = set(case.facts.get("wanted", ()))
    left = [one for one in holdings if not one.duty and title_of(one) not in decided]
    reasons = {one.room: reason if title_of(one) in wanted else NOT_ASKED for one in left}
    who = Who.system(EFFECT, on_behalf_of=effect.by)
    consent.erase_subject(who=who, subject_id=case.subject_id, rooms=rooms, case_id=case.id, reasons=reasons)
