"""Which functions there are, whether they are on, and what they answer."""

from collections.abc import Sequence

from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who
from hunhe.wallet.functions import content, models, showing
from hunhe.wallet.functions.shapes import Answer, Asked, Function


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_functions(*, who: Who) -> tuple[Function, ...]:
    """All functions by number, switched off ones too. One query."""
    switches = {row.function: row for row in models.Switch.objects.all()}
    return tuple(_shape(read, switches.get(read.id)) for read in content.functions())


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def function_by_id(*, who: Who, function: str) -> Function:
    """NotFound."""
    found = next((one for one in list_functions(who=who) if one.id == function), None)
    if found is None:
        raise NotFound("functions.function.unknown", msgid("There is no such function."))
    return found


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def answers(*, who: Who, asked: Sequence[Asked]) -> tuple[Answer, ...]:
    """What each function says to each question, in order, for a lane. Who may ask is the lane's business."""
    known = {read.id: read for read in content.functions()}
    return tuple(showing.answer(known[one.function], one) for one in asked)


def _shape(read: content.FunctionFile, switch: models.Switch | None) -> Function:
    return Function(
        id=read.id,
        number=read.number,
        name=read.name,
        owner=read.owner,
        version=read.version,
        basis=read.basis,
        min_level=read.min_level,
        shows=read.shows,
        licence=read.licence,
        consent=read.consent,
        tells=read.tells,
        after=read.after,
        departments=read.departments,
        on=switch.on if switch is not None else read.on,
        reason=switch.reason if switch is not None else "",
        switched_at=switch.at if switch is not None else None,
    )
