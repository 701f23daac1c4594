"""The true population: one row a person, numbers in columns; text is made slice by slice."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from hunhe_sim import identifiers
from hunhe_sim.population import names
from hunhe_sim.population.places import ROADS, Places

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]

AGE_BANDS = (0.07, 0.08, 0.11, 0.17, 0.15, 0.18, 0.14, 0.07, 0.03)  # tens of years, from 0
NATIONS = ("汉族", "满族", "朝鲜族", "回族", "蒙古族", "锡伯族")
NATION_SHARES = (0.905, 0.055, 0.012, 0.011, 0.01, 0.007)
PHONE_RANGES = (160, 161, 163, 164, 168, 169)  # well formed, and as good as unused by the public
NORMAL, DEAD, LEFT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Share:
    """How often life makes matching hard, as shares of all people."""

    namesake: float = 0.002  # same name, sex and birth date as somebody else
    dead: float = 0.012
    left: float = 0.02
    moved: float = 0.05  # another address in older lists
    new_phone: float = 0.08  # another phone in older lists
    born_elsewhere: float = 0.25  # identity number of another district


@dataclass(frozen=True, slots=True)
class Address:
    """Columns: position in `Places`, road, house number, flat."""

    place: Ints
    road: Ints
    house: Ints
    flat: Ints


@dataclass(frozen=True, slots=True)
class People:
    places: Places
    as_of: date
    name: names.NameParts
    male: Bools
    birth: NDArray[np.datetime64]  # days
    prefix: Ints
    sequence: Ints
    nation: Ints
    home: Address
    former: Address  # equal to home unless the person moved
    phone: Ints
    former_phone: Ints
    status: Ints  # NORMAL, DEAD, LEFT

    def __len__(self) -> int:
        return len(self.male)

    def names(self, rows: Ints) -> Texts:
        return names.spell(self.name, rows)

    def id_numbers(self, rows: Ints) -> Texts:
        return identifiers.citizen_numbers(self.prefix[rows], compact_days(self.birth[rows]), self.sequence[rows])

    def addresses(self, address: Address, rows: Ints) -> list[str]:
        """District, street, community, road, number and flat; the caller adds province and city."""
        path = self.places.paths[address.place[rows]].tolist()
        road, house, flat = address.road[rows].tolist(), address.house[rows].tolist(), address.flat[rows].tolist()
        return [
            f"{p}{ROADS[r]}{h}号{f // 100}-{f % 100 // 4 + 1}-{f % 4 + 1}"
            for p, r, h, f in zip(path, road, house, flat, strict=True)
        ]

    def ages(self) -> Ints:
        days = np.datetime64(self.as_of, "D") - self.birth
        return np.asarray(days.astype(np.int64) // 365, dtype=np.int64)


def compact_days(days: NDArray[np.datetime64]) -> Ints:
    """Days as integers yyyymmdd."""
    month = days.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(np.int64) + 1970
    numbers: Ints = year * 10000 + (month.astype(np.int64) % 12 + 1) * 100 + (days - month).astype(np.int64) + 1
    return numbers


def draw_people(rng: np.random.Generator, count: int, places: Places, as_of: date, share: Share) -> People:
    household = np.cumsum(rng.random(count) < 1 / 2.6)
    head = np.maximum.accumulate(np.where(np.diff(household, prepend=-1) > 0, np.arange(count), 0))
    male = rng.random(count) < 0.5
    ages = rng.choice(len(AGE_BANDS), size=count, p=AGE_BANDS) * 3652 + rng.integers(0, 3652, size=count)
    birth = np.datetime64(as_of, "D") - ages
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    surname = names.draw_surnames(rng, count)
    surname = np.where(rng.random(count) < 0.45, surname[head], surname)
    first, second = names.draw_given(rng, male, year)
    double = np.flatnonzero(rng.random(count) < share.namesake)
    model = rng.integers(0, count, size=len(double))
    for column in (male, birth, surname, first, second):
        column[double] = column[model]
    home = _draw_addresses(rng, count, places, head)
    prefix = places.district_codes[home.place]
    elsewhere = places.district_codes[rng.integers(len(places.district_codes), size=count)]
    prefix = np.where(rng.random(count) < share.born_elsewhere, elsewhere, prefix)
    phone = _draw_phones(rng, count)
    return People(
        places=places,
        as_of=as_of,
        name=names.NameParts(surname, first, second),
        male=male,
        birth=birth,
        prefix=prefix,
        sequence=_sequences(rng, prefix, birth, male),
        nation=rng.choice(len(NATIONS), size=count, p=NATION_SHARES),
        home=home,
        former=_replace_some(home, _draw_addresses(rng, count, places, np.arange(count)), rng.random(count) < share.moved),
        phone=phone,
        former_phone=np.where(rng.random(count) < share.new_phone, _draw_phones(rng, count), phone),
        status=_draw_status(rng, ages, share),
    )


def _draw_addresses(rng: np.random.Generator, count: int, places: Places, head: Ints) -> Address:
    """One address a household: every member takes the head's."""
    columns = [rng.integers(0, top, size=count)[head] for top in (len(places.codes), len(ROADS), 180, 900)]
    return Address(columns[0], columns[1], columns[2] + 1, columns[3] + 100)


def _replace_some(home: Address, other: Address, moved: Bools) -> Address:
    pairs = ((home.place, other.place), (home.road, other.road), (home.house, other.house), (home.flat, other.flat))
    return Address(*(np.where(moved, new, old) for old, new in pairs))


def _draw_phones(rng: np.random.Generator, count: int) -> Ints:
    return np.array(PHONE_RANGES)[rng.integers(len(PHONE_RANGES), size=count)] * 10**8 + rng.integers(0, 10**8, size=count)


def _draw_status(rng: np.random.Generator, age_days: Ints, share: Share) -> Ints:
    """The share of the dead is spread over ages so that most of them are old."""
    weight = np.exp(age_days / 5500.0)
    dead = rng.random(len(weight)) < np.minimum(share.dead * weight / weight.mean(), 0.6)
    return np.where(dead, DEAD, np.where(rng.random(len(weight)) < share.left, LEFT, NORMAL))


def _sequences(rng: np.random.Generator, prefix: Ints, birth: NDArray[np.datetime64], male: Bools) -> Ints:
    """Distinct three-digit sequences within each (division, day, sex): odd for men. More than 500 in one cell is refused."""
    cell = (prefix * 100000 + birth.astype(np.int64) + 40000) * 2 + male
    order = np.argsort(cell, kind="stable")
    ranked = cell[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=ranked[0] - 1) != 0) if len(ranked) else np.empty(0, dtype=np.int64)
    within = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.append(starts, len(ranked))))
    if len(within) and within.max() >= 500:
        raise ValueError("too many people for these divisions: more than 500 births of one sex in one division on one day")
    offset = rng.integers(0, 500, size=len(starts))
    place = np.empty_like(within)
    place[order] = (within + np.repeat(offset, np.diff(np.append(starts, len(ranked))))) % 500
    return place * 2 + male
