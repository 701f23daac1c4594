"""The wall between departments, where the department follows from what is asked for."""

from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Denied, msgid
from hunhe.stone.who import Who


def within(who: Who, department: str) -> None:
    """Denied unless `department` is the caller's own or the caller may cross departments."""
    if not who.is_system and department != who.department and not who.holds(CROSS_DEPARTMENTS):
        raise Denied("door.other_department", msgid("This belongs to another department."))


def default_department(who: Who, department: str | None) -> str | None:
    """The department a list is limited to; None only for callers who may see all."""
    return department or (None if who.is_system or who.holds(CROSS_DEPARTMENTS) else who.department or "")
