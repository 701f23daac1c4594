"""Makes a world: one true population and what four outside systems wrote down about it. Same seed, same bytes."""

import csv
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from hunhe_sim.population.firms import STATUSES as FIRM_STATUSES
from hunhe_sim.population.firms import Firms, draw_firms
from hunhe_sim.population.flaws import rates_table
from hunhe_sim.population.people import Ints, People, Share, draw_people
from hunhe_sim.population.places import read_places
from hunhe_sim.systems import health_insurance, human_resources, market_regulation, public_security
from hunhe_sim.systems.rows import Row, Rows

WORLD = "world.json"  # written last: its presence says that the world is whole
SLICE = 50_000
AS_OF = date(2026, 6, 30)
PEOPLE_A_FIRM = 20
PERSON_SYSTEMS = ("public_security", "human_resources", "health_insurance")
STAGES = {name: place for place, name in enumerate(("people", "firms", *PERSON_SYSTEMS, "market_regulation"))}
NAMES = {
    "public_security": public_security.NAME,
    "human_resources": human_resources.NAME,
    "market_regulation": market_regulation.NAME,
    "health_insurance": health_insurance.NAME,
}


class Writer(Protocol):
    """A list being filled."""

    def write(self, rows: Iterable[Row]) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Office:
    """One list about people: how it is written down, where it goes, and which column is its key."""

    system: str
    key: int
    write_down: Callable[[Ints, np.random.Generator, Counter[str]], Rows]
    writer: Writer

    def take(self, rows: Ints, rng: np.random.Generator, tally: Counter[str]) -> list[str]:
        """Write down a slice of people; returns each person's keys joined by `;`."""
        written = self.write_down(rows, rng, tally)
        self.writer.write(written.rows)
        tally["rows"] += len(written.rows)
        return [";".join(found) for found in written.keys_by_owner(len(rows), self.key)]


@dataclass(frozen=True, slots=True)
class Order:
    """What world to make. `as_of` is the day the lists are drawn up; the same order makes the same bytes on any day."""

    people: int
    seed: int
    divisions: Path
    folder: Path
    as_of: date = AS_OF


def make_world(order: Order) -> dict[str, object]:
    """Write the world's folder, replacing an older one that this function made; returns what `world.json` and `truth/manifest.json` hold.

    Raises `DivisionsRefused` for a CSV that is no division tree, `ValueError` for a folder that holds something else.
    """
    if order.people < 1:
        raise ValueError("a world needs at least one person")
    people = draw_people(_rng(order, "people"), order.people, read_places(order.divisions), order.as_of, Share())
    firms = draw_firms(_rng(order, "firms"), max(1, order.people // PEOPLE_A_FIRM), people)
    _clear(order.folder)
    tallies = {system: Counter[str]() for system in NAMES}
    _write_people(order, people, firms, tallies)
    _write_firms(order, people, firms, tallies["market_regulation"])
    truth = {"rates": rates_table(), "systems": {system: _counts(tally) for system, tally in tallies.items()}}
    _write_json(order.folder / "truth" / "manifest.json", truth)
    world = {
        "people": len(people),
        "firms": len(firms),
        "seed": order.seed,
        "as_of": order.as_of.isoformat(),
        "city": people.places.city,
        "divisions": hashlib.sha256(order.divisions.read_bytes()).hexdigest(),
        "api_key": hashlib.sha256(f"simulated register {order.seed}".encode()).hexdigest()[:24],
        "systems": {system: {"name": name, "file": _file(system, order.as_of)} for system, name in NAMES.items()},
    }
    _write_json(order.folder / WORLD, world)
    return world | {"truth": truth}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _rng(order: Order, stage: str, slice_: int = 0) -> np.random.Generator:
    return np.random.default_rng([order.seed, STAGES[stage], slice_])


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / "truth").is_dir():
        raise ValueError(f"{folder} holds something that is not a world")
    (folder / WORLD).unlink(missing_ok=True)
    for part in ("truth", *NAMES):
        shutil.rmtree(folder / part, ignore_errors=True)
    (folder / "truth").mkdir(parents=True)


def _write_people(order: Order, people: People, firms: Firms, tallies: dict[str, Counter[str]]) -> None:
    police = public_security.Writer(order.folder)
    jobs = human_resources.Writer(order.folder, order.as_of)
    insured = health_insurance.open_writer(order.folder, order.as_of)
    offices: tuple[Office, ...] = (
        Office("public_security", public_security.KEY, partial(public_security.write_down, people), police),
        Office("human_resources", human_resources.KEY, partial(human_resources.write_down, people, firms), jobs),
        Office("health_insurance", health_insurance.KEY, partial(health_insurance.write_down, people, firms), insured),
    )
    with (order.folder / "truth" / "persons.csv").open("w", encoding="utf-8", newline="") as file:
        truth = csv.writer(file, lineterminator="\n")
        truth.writerow(("person_id", "id_number", "name", "birth_date", "status", *PERSON_SYSTEMS))
        for number, start in enumerate(range(0, len(people), SLICE)):
            rows = np.arange(start, min(start + SLICE, len(people)))
            keys = [office.take(rows, _rng(order, office.system, number), tallies[office.system]) for office in offices]
            truth.writerows(zip(*_identity(people, rows), *keys, strict=True))
    for office in offices:
        office.writer.close()


def _identity(people: People, rows: Ints) -> tuple[list[str], ...]:
    status = [public_security.STATUSES[state] for state in people.status[rows].tolist()]
    birth = [day.isoformat() for day in people.birth[rows].tolist()]
    return (
        [f"P{row:08d}" for row in rows.tolist()],
        people.id_numbers(rows).tolist(),
        people.names(rows).tolist(),
        birth,
        status,
    )


def _write_firms(order: Order, people: People, firms: Firms, tally: Counter[str]) -> None:
    register = market_regulation.Writer(order.folder)
    with (order.folder / "truth" / "firms.csv").open("w", encoding="utf-8", newline="") as file:
        truth = csv.writer(file, lineterminator="\n")
        truth.writerow(("firm_id", "uscc", "name", "status", "representative", "market_regulation"))
        for number, start in enumerate(range(0, len(firms), SLICE)):
            rows = np.arange(start, min(start + SLICE, len(firms)))
            written = market_regulation.write_down(people, firms, rows, _rng(order, "market_regulation", number), tally)
            register.write(written)
            tally["rows"] += len(written)
            for row, entry in zip(rows.tolist(), written, strict=True):
                status, boss = FIRM_STATUSES[int(firms.status[row])], f"P{int(firms.representative[row]):08d}"
                truth.writerow((f"F{row:07d}", str(firms.credit_code[row]), str(firms.name[row]), status, boss, entry[0]))
    register.close()


def _counts(tally: Counter[str]) -> dict[str, object]:
    return {
        "rows": tally["rows"],
        "flaws": {flaw: count for flaw, count in sorted(tally.items()) if flaw not in ("", "rows") and count},
    }


def _file(system: str, day: date) -> str:
    return {
        "public_security": public_security.FILE,
        "human_resources": human_resources.file_name(day),
        "market_regulation": market_regulation.FILE,
        "health_insurance": health_insurance.file_name(day),
    }[system]
