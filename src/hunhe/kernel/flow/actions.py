"""Opening and moving cases."""

from collections.abc import Mapping
from typing import Any

from hunhe.kernel.flow import case_pages, clocks, extending, handlers, moving, opening
from hunhe.kernel.flow.rows import case_shape
from hunhe.kernel.flow.shapes import Case, Origin
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_effect(*, who: Who, name: str, handler: handlers.Handler) -> None:
    """Name who carries out an effect, at start. `handler(effect)` runs in the transaction that confirms it; it may run again
    after a crash, so what it does outside the database must be repeatable under `effect.key`.
    """
    handlers.register(name, handler)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_supplier(*, who: Who, name: str, supply: handlers.Supplier) -> None:
    """Name who knows the facts that procedures mark `supplied_by = name`, at start. `supply(asked)` gives the value, None where
    there is none, in the transaction of the step; what it refuses refuses the step. No caller can say such a fact.
    """
    handlers.register_supplier(name, supply)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_check(*, who: Who, name: str, check: handlers.Check) -> None:
    """Name who judges steps that procedures mark `checked_by = name`, at start. `check(asked)` refuses by raising."""
    handlers.register_check(name, check)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def register_case_page(*, who: Who, find: case_pages.Find | None = None, begin: case_pages.Begin | None = None) -> None:
    """Show some cases on a page of the caller's room, or begin them there, at start: `find(case, "citizen" | "desk")`,
    `begin(procedure, "citizen" | "desk")` give its path, or nothing. The general pages then take no step of such a case.
    """
    case_pages.register(find, begin)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def open_case(
    *,
    who: Who,
    procedure: str,
    department: str | None,
    facts: Mapping[str, Any],
    origin: Origin,
    title: str,
    key: str,
    subject_id: str | None = None,
) -> Case:
    """Open a case of a procedure. The same caller and key again: the same case; Conflict if anything differs.

    The procedure says who may open, for whom and with which facts (Denied, Invalid). origin: a citizen opens `subject`,
    an official or client `office`; only the city's own jobs say otherwise. department: ignored where the procedure fixes it.
    """
    return case_shape(opening.open_case(who, procedure, department, facts, subject_id, origin, title, key))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def move_case(
    *,
    who: Who,
    case_id: str,
    move: str,
    expected_version: int,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
    key: str = "",
) -> Case:
    """Move a case. Conflict when it has moved on since `expected_version`, is closed, suspended or still effecting, or when
    the move does not leave its stage; Denied when it is not the caller's turn; Invalid when facts or reason are wanting or
    the guard does not hold. The same key again changes nothing. A move with effects leaves the case `effecting`.
    """
    return case_shape(moving.move_case(who, case_id, move, expected_version, facts or {}, note, key))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def withdraw_case(*, who: Who, case_id: str, expected_version: int, note: str = "", key: str = "") -> Case:
    """Take a case back, by the move its procedure has for that. Conflict where it has none from here."""
    return case_shape(moving.withdraw_case(who, case_id, expected_version, note, key))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def transfer_task(*, who: Who, case_id: str, to_account: str, expected_version: int, note: str = "") -> Case:
    """Hand the caller's turn to one account of the same department that may take it. Invalid when it may not."""
    return case_shape(clocks.transfer(who, case_id, to_account, expected_version, note))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def suspend_case(*, who: Who, case_id: str, reason: str, expected_version: int, note: str = "") -> Case:
    """Stop the clock of the caller's turn, for a reason the running limit allows (its code). Other branches run on."""
    return case_shape(clocks.suspend(who, case_id, reason, expected_version, note))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def resume_case(*, who: Who, case_id: str, expected_version: int, note: str = "") -> Case:
    """Start the clock again; the time it stood still is added to the limit."""
    return case_shape(clocks.resume(who, case_id, expected_version, note))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def ask_extension(*, who: Who, case_id: str, reason: str, expected_version: int) -> Case:
    """Ask the person in charge for more time, before the limit of the caller's turn passes; once a limit. The subject is told
    the reason when it is approved. Invalid where the limit has no extension, Conflict when it passed or was extended before.
    """
    return case_shape(extending.ask(who, case_id, reason, expected_version))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def decide_extension(*, who: Who, case_id: str, approves: bool, expected_version: int, note: str = "") -> Case:
    """Approve more time, or refuse it with a reason: whoever the procedure names, never who asked."""
    return case_shape(extending.decide(who, case_id, note, expected_version, approves=approves))
