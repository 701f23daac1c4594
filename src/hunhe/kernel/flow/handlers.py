"""Who carries out which effect, as registered at start."""

from collections.abc import Callable

from hunhe.kernel.flow.shapes import Effect

Handler = Callable[[Effect], None]

_handlers: dict[str, Handler] = {}


def register(name: str, handler: Handler) -> None:
    _handlers[name] = handler


def handler_of(name: str) -> Handler | None:
    return _handlers.get(name)
