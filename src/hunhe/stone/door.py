"""Doors: the only functions another room may call. Deny by default.

`@door(may=…, scope=…)` goes on every public function of a room's `actions` and `queries`; a system check fails on one
without it. The function must take the caller as keyword `who`.
"""

import functools
import inspect
from collections.abc import Callable
from enum import Enum
from typing import Any, ParamSpec, TypeVar

from hunhe.stone.errors import Denied, Unauthenticated, msgid
from hunhe.stone.who import Who

P = ParamSpec("P")
R = TypeVar("R")

CROSS_DEPARTMENTS = "org.may_cross_departments"


class Gate(Enum):
    """Who may come in when no single permission decides."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    CITIZEN = "citizen"
    OFFICIAL = "official"  # or a department's own system
    SYSTEM = "system"


class Scope(Enum):
    """How far the door opens, checked here from the arguments.

    PUBLIC: nothing personal or departmental behind it. OWN: argument `subject_id` must be the caller's own.
    DEPARTMENT: argument `department` must be the caller's own, unless the caller may cross departments.
    CITY: the permission alone decides. SYSTEM: jobs only.
    """

    PUBLIC = "public"
    OWN = "own"
    DEPARTMENT = "department"
    CITY = "city"
    SYSTEM = "system"


DeniedHook = Callable[[Who, str, str], None]
_denied_hooks: list[DeniedHook] = []


def on_denied(hook: DeniedHook) -> None:
    """Register `hook(who, door_name, reason_code)`, called before a refusal is raised (audit does)."""
    _denied_hooks.append(hook)


def _refusal(who: Who, may: str | Gate, scope: Scope, arguments: dict[str, Any]) -> Denied | Unauthenticated | None:
    if who.is_system:
        return None
    if scope is Scope.SYSTEM or may is Gate.SYSTEM:
        return Denied("door.system_only", msgid("Only the city's own jobs may do this."))
    if may is not Gate.PUBLIC and who.kind == "anonymous":
        return Unauthenticated("door.sign_in", msgid("Please sign in first."))
    if may is Gate.CITIZEN and who.kind != "citizen":
        return Denied("door.citizens_only", msgid("This page is for citizens."))
    if may is Gate.OFFICIAL and who.kind not in ("official", "client"):
        return Denied("door.officials_only", msgid("This page is for people who work for the city."))
    if isinstance(may, str) and may not in who.may:
        return Denied("door.no_permission", msgid("Your posts do not include this. Ask your department's administrator."))
    if scope is Scope.OWN and (who.subject_id is None or arguments.get("subject_id") != who.subject_id):
        return Denied("door.not_yours", msgid("You can only see what is yours."))
    if (
        scope is Scope.DEPARTMENT
        and arguments.get("department") not in (None, who.department)
        and CROSS_DEPARTMENTS not in who.may
    ):
        return Denied("door.other_department", msgid("This belongs to another department."))
    return None


def door(*, may: str | Gate, scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who may call a public function and how far it opens."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        if "who" not in signature.parameters:
            raise TypeError(f"{function.__qualname__}: a door takes the caller as keyword `who`")
        needed = {Scope.OWN: "subject_id", Scope.DEPARTMENT: "department"}.get(scope)
        if needed and needed not in signature.parameters:
            raise TypeError(f"{function.__qualname__}: scope {scope.value} needs an argument `{needed}`")
        name = f"{function.__module__}.{function.__qualname__}"

        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            caller = kwargs.get("who")
            if isinstance(caller, Who) and caller.is_system:
                return function(*args, **kwargs)
            arguments = signature.bind(*args, **kwargs).arguments
            refusal = _refusal(arguments["who"], may, scope, arguments)
            if refusal is not None:
                for hook in _denied_hooks:
                    hook(arguments["who"], name, refusal.code)
                raise refusal
            return function(*args, **kwargs)

        guarded.__door__ = (may, scope)  # type: ignore[attr-defined]  # read by the system check
        return guarded

    return decorate
