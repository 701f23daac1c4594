"""The city room's own content: the manifest, the claims, the working calendar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hunhe.kernel.city.layers import MANIFEST, Manifest, of_room
from hunhe.kernel.city.shapes import CityFacts, Claim, ContentFile, Doubt, Doubtful, WorkCalendar

CLAIMS = "claims.toml"
ROOM = "kernel/city"


@dataclass(frozen=True)
class _Day:
    day: date
    name: str


@dataclass(frozen=True)
class _Year:
    """The announced days of one year. A date may lie in the year before or after (New Year, make-up days)."""

    year: int
    source: str
    holidays: tuple[_Day, ...] = ()
    workdays: tuple[_Day, ...] = ()


@dataclass(frozen=True)
class _Overrides:
    source: str
    holidays: tuple[_Day, ...] = ()
    workdays: tuple[_Day, ...] = ()


@dataclass(frozen=True)
class _Hours:
    zone: str
    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class _Claims:
    source: str
    claim: tuple[Claim, ...] = field(default_factory=tuple)
    rooms: dict[str, str] = field(default_factory=dict)

    def with_rooms(self) -> tuple[Claim, ...]:
        """The claims, each with the room named for its row, or for all rows of that letter."""
        return tuple(
            replace(claim, room=claim.room or self.rooms.get(claim.row) or self.rooms.get(claim.row[:1], ""))
            for claim in self.claim
        )


def check_stack(stack: Mapping[str, ContentFile]) -> Iterator[Doubt]:
    """Doubts about the city's own files."""
    yield from _check_claims(stack)
    yield from _check_calendar(stack)


def facts_from(stack: Mapping[str, ContentFile]) -> CityFacts:
    """Who the city is; Doubtful without a manifest."""
    if MANIFEST not in stack:
        raise Doubtful(Doubt(MANIFEST, "", "The city has no manifest"))
    about = stack[MANIFEST].read_as(Manifest)
    claims = stack[CLAIMS].read_as(_Claims) if CLAIMS in stack else _Claims("")
    return CityFacts(about.code, about.name, about.extends, claims.with_rooms(), claims.source)


def calendar_from(stack: Mapping[str, ContentFile]) -> WorkCalendar:
    """The working calendar: year files, then the overrides of the city, which win."""
    holidays: set[date] = set()
    workdays: set[date] = set()
    years = set()
    for file in _year_files(stack):
        year = file.read_as(_Year)
        years.add(year.year)
        holidays |= {one.day for one in year.holidays}
        workdays |= {one.day for one in year.workdays}
    overrides = _overrides(stack)
    off, on = {one.day for one in overrides.holidays}, {one.day for one in overrides.workdays}
    hours = _hours(stack)
    return WorkCalendar(
        holidays=frozenset(holidays - on | off),
        workdays=frozenset(workdays - off | on),
        years=frozenset(years),
        hours=hours.spans,
        zone=ZoneInfo(hours.zone),
    )


def _check_claims(stack: Mapping[str, ContentFile]) -> Iterator[Doubt]:
    if CLAIMS not in stack:
        return
    file, seen = stack[CLAIMS], set[str]()
    for place, claim in enumerate(file.read_as(_Claims).with_rooms()):
        if claim.id in seen:
            yield file.doubt(f"claim[{place}].id", f"“{claim.id}” stands twice")
        if not claim.sentence or not claim.row:
            yield file.doubt(f"claim[{place}]", f"“{claim.id}” needs a sentence and a row")
        if claim.kind == "computed" and not claim.indicators and not claim.room:
            yield file.doubt(f"claim[{place}].row", f"no room is named for {claim.row}, and nothing counts “{claim.id}” yet")
        seen.add(claim.id)


def _check_calendar(stack: Mapping[str, ContentFile]) -> Iterator[Doubt]:
    for file in _year_files(stack):
        year = file.read_as(_Year)
        if str(year.year) != file.stem:
            yield file.doubt("year", f"The file is named {file.stem}, its year is {year.year}")
        off = {one.day for one in year.holidays}
        for place, one in enumerate(year.workdays):
            if one.day in off:
                yield file.doubt(f"workdays[{place}]", f"{one.day} is also a holiday")
    _overrides(stack)
    yield from _check_hours(stack)


def _check_hours(stack: Mapping[str, ContentFile]) -> Iterator[Doubt]:
    for file in of_room(stack.values(), ROOM, "hours.toml"):
        hours = file.read_as(_Hours)
        ends = [time.min]
        for place, (start, end) in enumerate(hours.spans):
            if not ends[-1] <= start < end:
                yield file.doubt(f"spans[{place}]", "Spans must be in order and must not overlap")
            ends.append(end)
        if not hours.spans:
            yield file.doubt("spans", "There must be at least one span")
        try:
            ZoneInfo(hours.zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield file.doubt("zone", f"There is no time zone “{hours.zone}”")


def _year_files(stack: Mapping[str, ContentFile]) -> Iterator[ContentFile]:
    return of_room(stack.values(), ROOM, "calendar/????.toml")


def _overrides(stack: Mapping[str, ContentFile]) -> _Overrides:
    file = next(of_room(stack.values(), ROOM, "calendar/overrides.toml"), None)
    return file.read_as(_Overrides) if file else _Overrides("")


def _hours(stack: Mapping[str, ContentFile]) -> _Hours:
    file = next(of_room(stack.values(), ROOM, "hours.toml"), None)
    if file is None:
        return _Hours("Asia/Shanghai", ((time(8, 30), time(12)), (time(13), time(17))))
    return file.read_as(_Hours)
