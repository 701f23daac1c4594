"""The API's own description, cut into what a page can show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: its type as JSON Schema names it, and whether it must be there."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. fields: of path, query and body, in that order."""

    method: str
    path: str
    summary: str
    fields: tuple[Field, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """All operations of one room."""

    name: str
    operations: tuple[Operation, ...]


def read_chapters(schema: Mapping[str, Any]) -> tuple[Chapter, ...]:
    """Operations by room, in the order of their paths."""
    rooms: dict[str, list[Operation]] = {}
    for path, methods in sorted(schema.get("paths", {}).items()):
        for method in _METHODS:
            if method in methods:
                known = methods[method]
                rooms.setdefault((known.get("tags") or ["…"])[0], []).append(_operation(schema, method, path, known))
    return tuple(Chapter(name, tuple(operations)) for name, operations in sorted(rooms.items()))


def _operation(schema: Mapping[str, Any], method: str, path: str, known: Mapping[str, Any]) -> Operation:
    return Operation(
        method.upper(),
        path,
        str(known.get("description") or known.get("summary") or ""),
        (*_parameters(known), *_body(schema, known)),
        tuple(sorted(str(code) for code in known.get("responses", {}))),
    )


def _parameters(known: Mapping[str, Any]) -> Iterator[Field]:
    for parameter in known.get("parameters", []):
        yield Field(parameter["name"], _kind(parameter.get("schema", {})), bool(parameter.get("required")))


def _body(schema: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Field]:
    content = known.get("requestBody", {}).get("content", {})
    for described in content.values():
        whole = _resolved(schema, described.get("schema", {}))
        required = set(whole.get("required", []))
        for name, one in whole.get("properties", {}).items():
            yield Field(name, _kind(one), name in required)


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part, or what its `$ref` points at."""
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return part
    found: Mapping[str, Any] = schema
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step, {})
    return found


def _kind(part: Mapping[str, Any]) -> str:
    """`string`, `integer`, `string[]`, `string | null`, `date`; the name of a schema; `any` where nothing is said."""
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in part:
        return " | ".join(_kind(one) for one in part["anyOf"])
    if part.get("type") == "array":
        return _kind(part.get("items", {})) + "[]"
    return str(part.get("format") or part.get("type") or "any")
