"""What the registry of functions counts: what the code can be used for today."""

from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link
from hunhe.wallet.functions import queries

ON = Indicator(
    id="functions.on_now",
    name=msgid("Functions of the code"),
    caliber=msgid("Functions the city's code is open for at this moment; those switched off do not count."),
    unit=msgid("functions"),
    numerator=msgid("functions switched on"),
    period="now",
    owner="data_bureau",
    may="functions.may_switch",
)


def register() -> None:
    indicators.register_indicator(who=Who.system("start"), indicator=ON, read=_on)


def _on(who: Who, span: Span) -> Reading:
    lines = tuple(
        Line(label=one.name, department=one.owner, value=1, at=one.switched_at, url=link("functions:functions"))
        for one in queries.list_functions(who=who)
        if one.on
    )
    return Reading(lines=lines, as_of=span.now)
