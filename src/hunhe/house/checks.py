"""System checks for the laws that import-linter cannot see: doors and foreign keys."""

import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

FLOORS = ("ui", "kernel", "hub", "wallet", "networks", "economy", "scenes", "portals", "house")
KERNEL = (
    "city",
    "events",
    "lanes",
    "audit",
    "files",
    "places",
    "org",
    "identity",
    "consent",
    "notify",
    "decision",
    "indicators",
    "ledger",
    "flow",
)
RIVER = ("lake", "catalogue", "telemetry", "collect", "bases", "themes", "exchange")


def _rooms() -> Iterator[AppConfig]:
    return (config for config in apps.get_app_configs() if config.name.startswith("hunhe."))


def _height(config: AppConfig) -> tuple[int, int]:
    """Where a room stands; third-party apps lie below everything."""
    parts = config.name.split(".")
    if parts[0] != "hunhe":
        return (-1, 0)
    order = {"kernel": KERNEL, "hub": RIVER}.get(parts[1], ())
    return (FLOORS.index(parts[1]), order.index(parts[2]) if len(parts) > 2 and parts[2] in order else 0)


def _undecorated(module: ModuleType) -> Iterator[str]:
    for name, member in inspect.getmembers(module, inspect.isfunction):
        if not name.startswith("_") and member.__module__ == module.__name__ and not hasattr(member, "__door__"):
            yield name


@register("hunhe")
def doors_are_decorated(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every public function of a room's actions and queries says who may call it."""
    found: list[CheckMessage] = []
    for config in _rooms():
        for part in ("actions", "queries"):
            name = f"{config.name}.{part}"
            if importlib.util.find_spec(name) is None:
                continue
            found += [
                Error(f"{name}.{function} has no @door", id="hunhe.E001")
                for function in _undecorated(importlib.import_module(name))
            ]
    return found


@register("hunhe")
def foreign_keys_point_down(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A relation never points at a room above or beside, and leaves no name on the other side."""
    found: list[CheckMessage] = []
    for config in _rooms():
        for model in config.get_models():
            for field in model._meta.get_fields():
                target = field.related_model
                if not (field.is_relation and field.concrete and isinstance(target, type)):
                    continue
                theirs = target._meta.app_config
                if _height(theirs) > _height(config):
                    found.append(Error(f"{model._meta.label}.{field.name} points up at {target._meta.label}", id="hunhe.E002"))
    return found
