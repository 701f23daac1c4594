"""Applying, handling, rating."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from hunhe.kernel.flow.shapes import Case
from hunhe.networks.service import counter, drafting, handling, ratings, sending
from hunhe.networks.service.shapes import Application, CounterSheet, Draft, Rating
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who

ACCEPT = "service.may_accept"


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def start_draft(*, who: Who, item: str, answers: Mapping[str, str], prefill: bool) -> Draft:
    """The caller's open draft of an item, or a new one, filled in from the bases if they allow it (recorded either way).

    Invalid while their name is not confirmed, a question is open, or the bases show that they do not qualify.
    """
    return drafting.start(who, item, answers, prefill=prefill)


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def save_draft(*, who: Who, draft_id: str, values: Mapping[str, str], promises: Mapping[str, bool] | None = None) -> Draft:
    """Keep lines of a draft; empty text clears one. Lines that a base fills stay, unless the form lets them be changed."""
    return drafting.save(who, draft_id, values, promises or {})


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def attach_file(*, who: Who, draft_id: str, material: str, name: str, stream: IO[bytes]) -> Draft:
    """Hand in a file for a material of a draft. Invalid where none is needed, or the file is not taken."""
    return drafting.attach(who, draft_id, material, name, stream)


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def dispute_value(*, who: Who, draft_id: str, field: str, value: str, explanation: str = "") -> Draft:
    """Say that a register has a line wrong, and what is right: a correction ticket goes to the department whose value it is,
    the draft goes on with the applicant's word and a paper to prove it.
    """
    return drafting.dispute(who, draft_id, field, value, explanation)


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def discard_draft(*, who: Who, draft_id: str) -> None:
    """Throw a draft away, with what was filled in."""
    drafting.discard(who, draft_id)


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def submit_draft(*, who: Who, draft_id: str, key: str = "") -> Application:
    """Send a draft: one case, however often it is sent. Invalid names everything that is still missing."""
    return sending.send(who, draft_id, key)


@door(may=ACCEPT, scope=Scope.CITY)
def open_counter_sheet(
    *, who: Who, item: str, name: str, id_number: str, answers: Mapping[str, str], spoken_consent: bool
) -> CounterSheet:
    """For a clerk, with a person at the counter who said yes: what the bases fill in, what is to be asked and shown."""
    return counter.open_sheet(who, item, name, id_number, answers, spoken_consent=spoken_consent)


@door(may=ACCEPT, scope=Scope.CITY)
def take_in(
    *,
    who: Who,
    item: str,
    name: str,
    id_number: str,
    answers: Mapping[str, str],
    values: Mapping[str, str],
    seen: Sequence[str],
    spoken_consent: bool,
    key: str,
) -> Application:
    """Take an application in at the counter; the same clerk and key again: the same case. seen: materials shown or signed there."""
    return sending.take_in(
        who,
        item,
        name=name,
        id_number=id_number,
        answers=answers,
        given=values,
        seen=seen,
        files={},
        spoken_consent=spoken_consent,
        key=key,
    )


@door(may=ACCEPT, scope=Scope.CITY)
def check_material(*, who: Who, case_id: str, material: str, fits: bool, note: str = "") -> None:
    """Write down that a material fits, or what is wrong with it."""
    handling.check_material(who, case_id, material, fits=fits, note=note)


@door(may="flow.may_move_cases", scope=Scope.CITY)
def move_application(
    *,
    who: Who,
    case_id: str,
    move: str,
    expected_version: int,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
    key: str = "",
) -> Case:
    """Move an application as flow does. Accepting needs every material checked; asking for corrections tells all gaps found."""
    return handling.take_step(who, case_id, move, expected_version, facts or {}, note, key)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def attach_correction(*, who: Who, case_id: str, material: str, name: str, stream: IO[bytes]) -> None:
    """Hand in again what was found wanting; `correct_application` then sends it."""
    handling.attach(who, case_id, material, name, stream)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def correct_application(
    *,
    who: Who,
    case_id: str,
    expected_version: int,
    values: Mapping[str, str] | None = None,
    shown: Mapping[str, bool] | None = None,
    note: str = "",
    key: str = "",
) -> Case:
    """Send the corrections. shown: what was signed, or shown to the clerk at the counter. Invalid names what is still missing."""
    return handling.correct(who, case_id, expected_version, values or {}, shown or {}, note, key)


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def rate_case(*, who: Who, case_id: str, stars: int, reasons: Sequence[str] = (), comment: str = "") -> Rating:
    """Rate a case that is done, once. One or two stars open a callback. Conflict before it is done, or after another rating."""
    return ratings.rate(who, case_id, stars, reasons, comment)


@door(may=ACCEPT, scope=Scope.CITY)
def rate_at_counter(*, who: Who, case_id: str, stars: int, reasons: Sequence[str] = (), comment: str = "") -> Rating:
    """What somebody without a phone said on the screen that the clerk handed over, once it is done; kept with the clerk's name,
    told to the person. Denied for what was not taken in at the clerk's own counter.
    """
    return ratings.rate_at_counter(who, case_id, stars, reasons, comment)
