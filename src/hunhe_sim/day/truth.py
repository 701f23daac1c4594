"""The truth that lies aside in a world's folder; only the referee of the day reads it, never the city."""

import csv
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hunhe_sim.day.score import Key
from hunhe_sim.systems import public_security
from hunhe_sim.world import PERSON_SYSTEMS, WORLD


@dataclass(frozen=True, slots=True)
class Person:
    """One true person and the keys under which each list has them."""

    id: str
    id_number: str
    name: str
    status: str
    keys: Mapping[str, tuple[str, ...]]


class Truth:
    def __init__(self, world: Path) -> None:
        self.folder = world
        self.world: dict[str, Any] = json.loads((world / WORLD).read_text(encoding="utf-8"))
        self.manifest: dict[str, Any] = json.loads((world / "truth" / "manifest.json").read_text(encoding="utf-8"))

    def rows(self, system: str) -> int:
        """How many rows an office's list has."""
        return int(self.manifest["systems"][system]["rows"])

    def people(self) -> Iterator[Person]:
        with (self.folder / "truth" / "persons.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                keys = {system: tuple(filter(None, row[system].split(";"))) for system in PERSON_SYSTEMS}
                yield Person(row["person_id"], row["id_number"], row["name"], row["status"], keys)

    def person_owners(self) -> dict[Key, str]:
        return {(system, key): person.id for person in self.people() for system, keys in person.keys.items() for key in keys}

    def firm_owners(self) -> dict[Key, str]:
        with (self.folder / "truth" / "firms.csv").open(encoding="utf-8", newline="") as file:
            return {("market_regulation", row["market_regulation"]): row["firm_id"] for row in csv.DictReader(file)}

    def elders(self, born_before: str) -> Iterator[Person]:
        """Living people born before that day (`YYYYMMDD`) whom the household register knows once, under their true name and number."""
        with sqlite3.connect(self.folder / public_security.FILE) as register:
            for person in self.people():
                old = person.id_number[6:14] < born_before and person.status == "正常"
                if old and len(person.keys["public_security"]) == 1:
                    listed = register.execute(
                        "SELECT count(*), max(name) FROM resident WHERE id_number = ?", (person.id_number,)
                    ).fetchone()
                    if listed == (1, person.name):
                        yield person

    def plain_people(self, count: int) -> list[Person]:
        """Living grown people whom all three lists know once, the household register under their true name and number."""
        found = []
        with sqlite3.connect(self.folder / public_security.FILE) as register:
            for person in self.people():
                if person.status != "正常" or any(len(keys) != 1 for keys in person.keys.values()):
                    continue
                listed = register.execute(
                    "SELECT count(*), max(name) FROM resident WHERE id_number = ?", (person.id_number,)
                ).fetchone()
                if listed == (1, person.name):
                    found.append(person)
                if len(found) == count:
                    return found
        raise ValueError(f"this world has only {len(found)} people whom all lists know plainly; {count} are needed")
