"""Open311 GeoReport v2, as it is written: what is asked, and answers as JSON or XML. Pure."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from hunhe.networks.governance.shapes import ProblemClass, PublicProblem
from hunhe.stone.errors import Invalid, msgid

LONGEST_SPAN = timedelta(days=90)
MOST_IDS = 100
MEDIA = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which requests somebody wants to read. is_open: None for both."""

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    start: datetime
    end: datetime
    is_open: bool | None


def asked(said: Mapping[str, str], now: datetime) -> Asked:
    """The filters of a list. Without days: the last ninety; with one of them: the ninety after or before it."""
    start, end = _moment(said, "start_date"), _moment(said, "end_date")
    first = start or (end or now) - LONGEST_SPAN
    last = end or min(first + LONGEST_SPAN, now) if start else end or now
    if last < first or last - first > LONGEST_SPAN:
        raise Invalid(
            "governance.open311.span", msgid("start_date comes before end_date, and at most 90 days lie between them.")
        )
    ids = _names(said, "service_request_id")
    if len(ids) > MOST_IDS:
        raise Invalid("governance.open311.many", msgid("At most %(most)s at once."), most=MOST_IDS)
    states = set(_names(said, "status"))
    if states - {"open", "closed"}:
        raise Invalid("governance.open311.status", msgid("status is open, closed, or both."))
    is_open = None if len(states) != 1 else states == {"open"}
    return Asked(ids=ids, kinds=_names(said, "service_code"), start=first, end=last, is_open=is_open)


def point(said: Mapping[str, str]) -> tuple[float, float]:
    """Longitude and latitude. An address in words is no place here."""
    try:
        lat, lon = float(said.get("lat", "")), float(said.get("long", ""))
    except ValueError as error:
        raise _no_place() from error
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise _no_place()
    return lon, lat


def service(one: ProblemClass) -> Record:
    return {
        "service_code": one.id,
        "service_name": one.name,
        "description": one.plain,
        "metadata": False,
        "type": "realtime",
        "keywords": one.plain,
        "group": one.group,
    }


def request(one: PublicProblem, departments: Mapping[str, str]) -> Record:
    """One service request; the department by name."""
    return {
        "service_request_id": one.id,
        "status": "open" if one.is_open else "closed",
        "status_notes": one.stage_name,
        "service_name": one.kind_name,
        "service_code": one.kind,
        "description": one.kind_name,
        "agency_responsible": departments.get(one.department, ""),
        "service_notice": "",
        "requested_datetime": written(one.reported_at),
        "updated_datetime": written(one.changed_at),
        "expected_datetime": written(one.due_at) if one.due_at else "",
        "address": one.where,
        "address_id": "",
        "zipcode": "",
        "lat": one.lat,
        "long": one.lon,
        "media_url": "",
    }


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(records: Sequence[Record] | Record) -> bytes:
    return json.dumps(records, ensure_ascii=False).encode()


def as_xml(root: str, element: str, records: Sequence[Record]) -> bytes:
    """A list as `<root><element>…</element></root>`; nested lists and tables become elements without more ado."""
    top = ElementTree.Element(root)
    for record in records:
        _fill(ElementTree.SubElement(top, element) if element else top, record)
    body: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return body


def _fill(parent: ElementTree.Element, record: Record) -> None:
    for name, value in record.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(value, bool):
            child.text = "true" if value else "false"
        elif value not in ("", [], None):
            child.text = str(value)


def _names(said: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for each in said.get(name, "").split(",") if (part := each.strip()[:40]))


def _moment(said: Mapping[str, str], name: str) -> datetime | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "governance.open311.moment", msgid("%(name)s is a moment such as 2026-11-24T00:00:00Z."), name=name
        ) from error


def _no_place() -> Invalid:
    return Invalid("governance.open311.place", msgid("lat and long say where it is, in degrees; an address alone does not."))
