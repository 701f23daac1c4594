"""Who carries out which effect, supplies which fact and judges which step, as registered at start."""

from collections.abc import Callable
from typing import Any

from hunhe.kernel.flow.shapes import Asked, Effect

Handler = Callable[[Effect], None]
Supplier = Callable[[Asked], Any]
Check = Callable[[Asked], None]

_handlers: dict[str, Handler] = {}
_suppliers: dict[str, Supplier] = {}
_checks: dict[str, Check] = {}


def register(name: str, handler: Handler) -> None:
    _handlers[name] = handler


def register_supplier(name: str, supply: Supplier) -> None:
    _suppliers[name] = supply


def register_check(name: str, check: Check) -> None:
    _checks[name] = check


def handler_of(name: str) -> Handler | None:
    return _handlers.get(name)


def supplier_of(name: str) -> Supplier | None:
    return _suppliers.get(name)


def check_of(name: str) -> Check | None:
    return _checks.get(name)
