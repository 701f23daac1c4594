"""What a function shows of a person: looked up when it is asked, kept nowhere."""

from collections.abc import Callable, Mapping

from hunhe.hub.lake import queries as lake
from hunhe.kernel.consent import queries as consent
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.wallet.functions.content import FunctionFile
from hunhe.wallet.functions.rules import masked_name
from hunhe.wallet.functions.shapes import Answer, Asked, Shown
from hunhe.wallet.licence import queries as licence

_SYSTEM = Who.system("functions")
_UNAVAILABLE = Answer("unavailable")
TABLE = "base.population"


def answer(function: FunctionFile, asked: Asked) -> Answer:
    """Yes or no for one person. What cannot be looked up is `unavailable`, never no."""
    try:
        if function.consent and not _allows(function, asked):
            return Answer("no_consent")
        return _SHOWING[function.shows](function, asked)
    except HunheError:
        return _UNAVAILABLE


def _allows(function: FunctionFile, asked: Asked) -> bool:
    """Whether the person's consent stands, to this department or to all."""
    return any(
        consent.active_consent(who=_SYSTEM, subject_id=asked.subject_id, kind=function.consent, recipient=recipient) is not None
        for recipient in (asked.department, "")
    )


def _nothing(function: FunctionFile, asked: Asked) -> Answer:
    return Answer(shown=(Shown(function.tells, ""),))


def _masked_name(function: FunctionFile, asked: Asked) -> Answer:
    rows = lake.lookup(who=_SYSTEM, table=TABLE, key="subject_id", value=asked.subject_id, columns=("name",))
    if not rows or not rows[0]["name"]:
        return _UNAVAILABLE
    return Answer(shown=(Shown(function.tells, masked_name(str(rows[0]["name"])), "mask"),))


def _licence(function: FunctionFile, asked: Asked) -> Answer:
    """Only that the licence holds, and until when; nothing that is printed on it."""
    found = licence.valid_licence(who=_SYSTEM, subject_id=asked.subject_id, type=function.licence)
    if found is None:
        return Answer("no_licence")
    return Answer(shown=(Shown(function.tells, found.valid_until.isoformat() if found.valid_until is not None else ""),))


_SHOWING: Mapping[str, Callable[[FunctionFile, Asked], Answer]] = {
    "nothing": _nothing,
    "masked_name": _masked_name,
    "licence": _licence,
}
