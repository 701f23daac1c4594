"""Contracts as files say them: read, checked, written back. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from hunhe.hub.collect.shapes import Dataset, Field, FieldType, Mode, Rule, Sensitivity, SourceKind
from hunhe.stone.errors import Invalid, msgid

_NAME = re.compile(r"[^\W\d]\w{0,62}")
_DATASET = re.compile(r"[a-z][a-z0-9_]{0,62}(\.[a-z0-9_]{1,63}){0,2}")
_TAKEN = {"quarantine", "changes", "source", "fields", "links"}


def is_dataset_id(text: str) -> bool:
    """One to three dotted words; endings and beginnings that name other lake tables are taken."""
    parts = text.split(".")
    return _DATASET.fullmatch(text) is not None and parts[-1] not in _TAKEN and parts[0] != "base"


def read_contract(data: Mapping[str, Any]) -> Dataset:
    """A dataset from its TOML; Invalid names the first key that is wrong."""
    if not is_dataset_id(str(data.get("id", ""))):
        raise _wrong("id", str(data.get("id")))
    source, load = _part(data, "source"), _part(data, "load")
    fields = tuple(_field(entry) for entry in data.get("fields", ()))
    names = [field.name for field in fields]
    if not fields or len(set(names)) != len(names):
        raise _wrong("fields", ", ".join(names))
    dataset = Dataset(
        id=data["id"],
        department=_text(data, "department"),
        system=str(data.get("system", "")),
        name=_text(data, "name"),
        kind=_one_of(source, "kind", SourceKind, "upload"),
        connection=str(source.get("connection", data["id"])),
        source={key: str(value) for key, value in source.items() if key not in ("kind", "connection")},
        fields=fields,
        key=tuple(data.get("key", ())),
        latest=str(load.get("latest", "")),
        mode=_one_of(load, "mode", Mode, "full"),
        cycle=str(load.get("cycle", "daily")),
        watermark=str(load.get("watermark", "")),
        overlap=int(_amount(load, "overlap", 600)),
        compare_hours=_amount(load, "compare_hours", 24),
        threshold=_share(load, "threshold", 0.05),
        shrink=_share(load, "shrink", 0.5),
        serve=tuple(load.get("serve", ())),
        rules=tuple(_rule(entry) for entry in data.get("rules", ())),
        basis=str(data.get("basis", "")),
    )
    for place, wanted in (
        ("key", dataset.key),
        ("load.serve", dataset.serve),
        ("load.latest", (dataset.latest,) * bool(dataset.latest)),
        ("load.watermark", (dataset.watermark,) * bool(dataset.watermark)),
    ):
        for name in wanted:
            if name not in names:
                raise _wrong(place, name)
    for rule in dataset.rules:
        if rule.field not in names:
            raise _wrong(f"rules.{rule.id}.field", rule.field)
    if dataset.mode == "incremental" and not dataset.key:
        raise _wrong("key", "")
    if dataset.watermark and (dataset.mode != "incremental" or dataset.kind != "database"):
        raise _wrong("load.watermark", dataset.watermark)
    return dataset


def write_contract(dataset: Dataset) -> dict[str, Any]:
    """The same contract as plain data; `read_contract` gives it back."""
    fields = [
        {key: value for key, value in asdict(field).items() if value not in (None, "", (), False)} for field in dataset.fields
    ]
    return {
        "id": dataset.id,
        "department": dataset.department,
        "system": dataset.system,
        "name": dataset.name,
        "basis": dataset.basis,
        "key": list(dataset.key),
        "source": {"kind": dataset.kind, "connection": dataset.connection, **dataset.source},
        "load": {
            "latest": dataset.latest,
            "mode": dataset.mode,
            "cycle": dataset.cycle,
            "watermark": dataset.watermark,
            "overlap": dataset.overlap,
            "compare_hours": dataset.compare_hours,
            "threshold": dataset.threshold,
            "shrink": dataset.shrink,
            "serve": list(dataset.serve),
        },
        "fields": [{**field, "codes": list(field.get("codes", ()))} for field in fields],
        "rules": [asdict(rule) for rule in dataset.rules],
    }


def _field(entry: Mapping[str, Any]) -> Field:
    name = str(entry.get("name", ""))
    if not _NAME.fullmatch(name) or name.startswith("_"):
        raise _wrong("fields.name", name)
    known = set(Field.__dataclass_fields__)
    if unknown := set(entry) - known:
        raise _wrong(f"fields.{name}", ", ".join(sorted(unknown)))
    pattern = str(entry.get("pattern", ""))
    try:
        re.compile(pattern)
    except re.error as error:
        raise _wrong(f"fields.{name}.pattern", pattern) from error
    return Field(
        name=name,
        title=str(entry.get("title", name)),
        type=_one_of(entry, "type", FieldType, "text"),
        required=bool(entry.get("required", False)),
        codes=tuple(str(code) for code in entry.get("codes", ())),
        pattern=pattern,
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        past=bool(entry.get("past", False)),
        sensitive=_one_of(entry, "sensitive", Sensitivity, "none"),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=_text(entry, "id"),
        name=_text(entry, "name"),
        field=_text(entry, "field"),
        sql=_text(entry, "sql"),
        basis=str(entry.get("basis", "")),
    )


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = data.get(key, {})
    if not isinstance(part, Mapping):
        raise _wrong(key, str(part))
    return part


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(key, str(value))
    return value


def _one_of(data: Mapping[str, Any], key: str, kind: Any, default: str) -> Any:
    value = data.get(key, default)
    if value not in get_args(kind):
        raise _wrong(key, str(value))
    return value


def _share(data: Mapping[str, Any], key: str, default: float) -> float:
    value = data.get(key, default)
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _wrong(f"load.{key}", str(value))
    return float(value)


def _amount(data: Mapping[str, Any], key: str, default: float) -> float:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10**9:
        raise _wrong(f"load.{key}", str(value))
    return float(value)


def _wrong(key: str, value: str) -> Invalid:
    return Invalid(
        "collect.contract.key", msgid("The contract says %(key)s = “%(value)s”, which cannot be."), key=key, value=value
    )
