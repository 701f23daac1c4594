"""Step four: the citizen sees every use of their data, the refused ones too, and checks each receipt alone."""

from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.citizens import meet_citizen, open_own_case, prove_identity
from hunhe_sim.day.exchange import Called
from hunhe_sim.day.report import Step
from hunhe_sim.day.rights import play_rights


def play_mydata(cast: Cast, step: Step, calls: list[Called]) -> dict[str, Any]:
    """Returns what a second day must find again."""
    citizen = meet_citizen(cast, 0)
    prove_identity(citizen)
    open_own_case(citizen)
    uses: dict[str, dict[str, Any]] = {use["entry_id"]: use for use in citizen.visitor.pages("/api/v1/exchange/my-uses")}
    step.note("uses", len(uses))
    step.check("the city shows uses", bool(uses))
    given = {called.entry_id for called in calls if called.status == 200}
    step.check("every use of the day is shown", given <= uses.keys(), f"{len(given - uses.keys())} missing")
    refused = {called.entry_id: called.code for called in calls if called.status != 200}
    step.check(
        "every refused call is shown, with its reason",
        all(uses.get(entry, {}).get("code") == code for entry, code in refused.items()),
        refused,
    )
    step.check(
        "each use names a department and a purpose", all(use["department_name"] and use["purpose"] for use in uses.values())
    )
    for use in uses.values():
        cast.log.check_receipt(use["entry_id"], use["leaf_hash"])
    step.note("receipts proved", len(uses))
    step.check("every receipt is proved by inclusion in the signed log", True)
    _is_private(cast, step)
    return play_rights(cast, step, citizen, uses)


def _is_private(cast: Cast, step: Step) -> None:
    """Another citizen sees none of it, and a stranger no uses at all."""
    other = meet_citizen(cast, 1)
    mine = {use["entry_id"] for use in meet_citizen(cast, 0).visitor.pages("/api/v1/exchange/my-uses")}
    if other.level() >= 2:
        seen = {use["entry_id"] for use in other.visitor.pages("/api/v1/exchange/my-uses")}
        step.check("another citizen sees none of them", not mine & seen, len(mine & seen))
    stranger = cast.stranger().ask("GET", "/api/v1/exchange/my-uses").status_code
    step.check("a stranger sees none", stranger in (401, 403), stranger)
