"""What a step asks of other rooms before it is taken: facts that only they know, and whether what was said may stand."""

from collections.abc import Iterable, Mapping
from typing import Any

from hunhe.kernel.flow.handlers import check_of, supplier_of
from hunhe.kernel.flow.procedure import Procedure
from hunhe.kernel.flow.rules import fitting_facts
from hunhe.kernel.flow.shapes import Asked
from hunhe.stone.errors import Invalid, Unavailable, msgid


def said_facts(
    procedure: Procedure, given: Mapping[str, Any], required: Iterable[str], optional: Iterable[str]
) -> dict[str, Any]:
    """What the caller said, checked. Invalid for a fact that a room supplies, whatever its value."""
    own = procedure.supplied(name for name in given if name in procedure.facts)
    if own:
        names = ", ".join(procedure.facts[name].name for name in own)
        raise Invalid("flow.facts.supplied", msgid("The city looks this up itself, nobody can say it: %(names)s."), names=names)
    return fitting_facts(procedure.facts, given, procedure.said(required), procedure.said(optional))


def whole_facts(
    procedure: Procedure, asked: Asked, required: Iterable[str], optional: Iterable[str], checked_by: str
) -> dict[str, Any]:
    """What was said, with what rooms supply, once the room that judges it has let it stand."""
    required, optional = procedure.supplied(required), procedure.supplied(optional)
    supplied = {name: _supplied(procedure, name, asked) for name in (*required, *optional)}
    facts = dict(asked.given) | fitting_facts(procedure.facts, supplied, required, optional)
    if checked_by:
        check = check_of(checked_by)
        if check is None:
            raise Unavailable("flow.check.none", msgid("No room judges %(name)s."), name=checked_by)
        check(asked)
    return facts


def _supplied(procedure: Procedure, name: str, asked: Asked) -> Any:
    source = procedure.facts[name].supplied_by
    supply = supplier_of(source)
    if supply is None:
        raise Unavailable("flow.supplier.none", msgid("No room supplies %(name)s."), name=source)
    return supply(asked)
