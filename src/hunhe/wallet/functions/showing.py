"""What a function shows of a person: looked up when it is asked, kept nowhere."""

from collections.abc import Callable, Mapping

from hunhe.hub.lake import queries as lake
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.wallet.functions.content import FunctionFile
from hunhe.wallet.functions.rules import masked_name
from hunhe.wallet.functions.shapes import Answer, Asked, Shown

_SYSTEM = Who.system("functions")
_UNAVAILABLE = Answer("unavailable")
TABLE = "base.population"


def answer(function: FunctionFile, asked: Asked) -> Answer:
    """Yes or no for one person. What cannot be looked up is `unavailable`, never no."""
    try:
        return _SHOWING[function.shows](function, asked)
    except HunheError:
        return _UNAVAILABLE


def _nothing(function: FunctionFile, asked: Asked) -> Answer:
    return Answer(shown=(Shown(function.tells, ""),))


def _masked_name(function: FunctionFile, asked: Asked) -> Answer:
    rows = lake.lookup(who=_SYSTEM, table=TABLE, key="subject_id", value=asked.subject_id, columns=("name",))
    if not rows or not rows[0]["name"]:
        return _UNAVAILABLE
    return Answer(shown=(Shown(function.tells, masked_name(str(rows[0]["name"])), "mask"),))


_SHOWING: Mapping[str, Callable[[FunctionFile, Asked], Answer]] = {"nothing": _nothing, "masked_name": _masked_name}
