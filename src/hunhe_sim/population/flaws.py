"""What goes wrong on the way into an office's list: stated rates, drawn once a row."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hunhe_sim import identifiers

Ints = NDArray[np.int64]
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of a list's rows. `id_old` and `twin` concern people born before 1985 (the old number instead, or in a second row);
    `id_lower_x` concerns numbers that end in X; `second_key` concerns people."""

    name_slip: float = 0.01
    id_blank: float = 0.0
    id_wrong_check: float = 0.0
    id_old: float = 0.0
    id_full_width: float = 0.0
    id_lower_x: float = 0.0
    future_date: float = 0.001
    bad_code: float = 0.002
    repeated: float = 0.003  # the same row twice, byte for byte
    restated: float = 0.003  # the same key again, with a later date and another phone
    second_key: float = 0.0  # the same person under another key
    twin: float = 0.0


POLICE = Rates(
    name_slip=0.002,
    id_blank=0.0005,
    id_wrong_check=0.0005,
    future_date=0.0003,
    bad_code=0.001,
    repeated=0.001,
    restated=0,
    twin=0.01,
)
EMPLOYMENT = Rates(
    name_slip=0.015,
    id_blank=0.004,
    id_wrong_check=0.004,
    id_old=0.006,
    id_full_width=0.003,
    id_lower_x=0.5,
    bad_code=0.004,
    second_key=0.03,
)
INSURANCE = Rates(
    name_slip=0.02, id_blank=0.006, id_wrong_check=0.005, id_old=0.02, id_full_width=0.002, id_lower_x=0.3, second_key=0.015
)
ENTERPRISES = Rates(
    name_slip=0, id_wrong_check=0.003, id_blank=0.002, future_date=0.001, bad_code=0.003, repeated=0, restated=0
)
ALL = {
    "public_security": POLICE,
    "human_resources": EMPLOYMENT,
    "health_insurance": INSURANCE,
    "market_regulation": ENTERPRISES,
}


def chosen(rng: np.random.Generator, count: int, rate: float) -> list[bool]:
    """One draw a row."""
    drawn: list[bool] = (rng.random(count) < rate).tolist()
    return drawn


@dataclass(frozen=True, slots=True)
class Written:
    """An identity number as a clerk wrote it, and what is wrong with it (empty: nothing)."""

    number: str
    flaw: str


def spoil_ids(rng: np.random.Generator, numbers: list[str], rates: Rates) -> list[Written]:
    """Identity numbers as clerks wrote them; at most one flaw each."""
    draws = rng.random(len(numbers)).tolist()
    lower = chosen(rng, len(numbers), rates.id_lower_x)
    return [_spoil_id(number, draw, rates, small) for number, draw, small in zip(numbers, draws, lower, strict=True)]


def _spoil_id(number: str, draw: float, rates: Rates, small: bool) -> Written:
    blank = rates.id_blank
    wrong = blank + rates.id_wrong_check
    wide = wrong + rates.id_full_width
    if draw >= wide + rates.id_old:
        return Written(number.lower(), "id_lower_x") if small and number.endswith("X") else Written(number, "")
    if draw < blank:
        return Written("", "id_blank")
    if draw < wrong:
        return Written(identifiers.with_wrong_check(number), "id_wrong_check")
    if draw < wide:
        return Written(number.translate(FULL_WIDTH), "id_full_width")
    return Written(identifiers.citizen_number_of_old(number), "id_old") if had_old_number(number) else Written(number, "")


def had_old_number(number: str) -> bool:
    """Whether the holder is old enough to have carried a 15-digit number as an adult."""
    return "1900" <= number[6:10] < "1985"


def rates_table() -> dict[str, dict[str, float]]:
    """System → flaw → stated rate."""
    return {system: {field.name: getattr(rates, field.name) for field in fields(Rates)} for system, rates in ALL.items()}
