"""Asking about a number."""

from hunhe.kernel.indicators import queries as indicators
from hunhe.portals.cockpit import orders
from hunhe.portals.cockpit.shapes import Order
from hunhe.stone.door import Scope, door
from hunhe.stone.who import Who


@door(may="cockpit.may_order", scope=Scope.CITY)
def ask_about(*, who: Who, indicator: str, question: str, key: str) -> Order:
    """Ask the department that answers for a number what is behind it: a case of `indicator_order`, with the number as it stands
    now and its time as facts. The same caller and key again: the same order; Conflict if anything differs. NotFound, Invalid.
    """
    figure = indicators.indicator(who=Who.system("cockpit", on_behalf_of=who.id), id=indicator)
    return orders.shape(orders.ask(who, figure, question, key))
