"""What content is in force, what the calendar says, what is wrong with a folder."""

from pathlib import Path

from hunhe.kernel.city import almanac, readers
from hunhe.kernel.city.content import facts_from
from hunhe.kernel.city.layers import of_room
from hunhe.kernel.city.shapes import CityFacts, ContentFile, Doubt, Doubtful, WorkCalendar
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def content_files(*, who: Who, room: str, pattern: str = "**") -> tuple[ContentFile, ...]:
    """A room's content in force, by path. room: its label. pattern: below its folder, `procedures/*.toml`; `**` crosses folders.

    While a city is checked or applied these are the files at hand; otherwise those applied; before a first apply, those
    of the folder this process was told to serve.
    """
    folder = readers.folder_of(room)
    return tuple(of_room(readers.stack_in_force(folder).values(), folder, pattern))


@door(may="city.may_apply", scope=Scope.CITY)
def check_city(*, who: Who, folder: Path | None = None) -> tuple[Doubt, ...]:
    """The first doubt about a city folder (None: the one served), or nothing. Every room reads its files as an apply would."""
    try:
        readers.trusted_stack(folder or readers.default_folder())
    except Doubtful as error:
        return (error.doubt,)
    return ()


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def calendar(*, who: Who) -> WorkCalendar:
    """The working calendar in force, at most a few seconds old."""
    return almanac.in_force()


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def city_facts(*, who: Who) -> CityFacts:
    """Code, name, layers and claims of the city in force."""
    return facts_from(readers.stack_in_force(""))
