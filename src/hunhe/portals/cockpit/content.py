"""The cockpit as a city's file: `portals/cockpit/wall.toml`."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hunhe.kernel.city import actions as city
from hunhe.kernel.city import queries as city_queries
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.indicators import queries as indicators
from hunhe.stone.who import Who

ROOM = "cockpit"
WHO = Who.system("cockpit")


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """tiles: ids of the figures on the wall, in order. maps: of those that may lie on its map, the first one unasked."""

    tiles: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()


def register() -> None:
    city.register_content(who=Who.system("start"), room=ROOM, check=check, apply=lambda who, files: None)


def check(files: Sequence[ContentFile]) -> Iterable[Doubt]:
    return _doubts(files)


def _doubts(files: Sequence[ContentFile]) -> Iterator[Doubt]:
    known = {one.id for one in indicators.list_indicators(who=WHO)}
    for file in files:
        if file.path.endswith("wall.toml"):
            plan = file.read_as(Plan)
            for key, ids in (("tiles", plan.tiles), ("maps", plan.maps)):
                yield from (file.doubt(key, f"no room registers the indicator {name}") for name in ids if name not in known)
    for claim in city_queries.city_facts(who=WHO).claims:
        for name in claim.indicators:
            if name not in known:
                yield Doubt("claims.toml", claim.id, f"no room registers the indicator {name}")


def plan() -> Plan:
    """The wall's plan in force; an empty one where the city has none."""
    files = city_queries.content_files(who=WHO, room=ROOM, pattern="wall.toml")
    return files[0].read_as(Plan) if files else Plan()
