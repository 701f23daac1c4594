"""Switching functions on and off."""

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.stone import clock
from hunhe.stone.door import CROSS_DEPARTMENTS, Scope, door
from hunhe.stone.errors import Denied, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.functions import models, queries
from hunhe.wallet.functions.shapes import Function


@door(may="functions.may_switch", scope=Scope.CITY)
def switch_function(*, who: Who, function: str, on: bool, reason: str) -> Function:
    """Let a function run or stop, its owner only. The next scan already meets it; the other functions go on."""
    found = queries.function_by_id(who=who, function=function)
    if not (who.is_system or found.owner == who.department or CROSS_DEPARTMENTS in who.may):
        raise Denied("functions.switch.other", msgid("Only the department that owns this function may switch it."))
    if not 0 < len(reason.strip()) <= 200:
        raise Invalid("functions.switch.reason", msgid("Say why, in up to 200 characters."))
    with transaction.atomic():
        models.Switch.objects.update_or_create(
            function=function, defaults={"on": on, "reason": reason.strip(), "by": who.id, "at": clock.now()}
        )
        state = "on" if on else "off"
        audit.record(who=who, act=f"functions.function.{state}", object=function, detail={"reason": reason.strip()})
        events.publish(who=who, name=f"functions.function.{state}", aggregate=function, payload={"function": function})
    return queries.function_by_id(who=who, function=function)
