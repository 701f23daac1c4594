import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from hunhe_sim import identifiers


def test_citizen_number_of_the_standards_own_example() -> None:
    # GB 11643-1999 annex: 11010519491231002 → X, 44052418800101001 → 4
    assert identifiers.citizen_check("11010519491231002") == "X"
    assert identifiers.citizen_check("44052418800101001") == "4"


@given(
    st.integers(110000, 999999), st.dates().map(lambda day: day.year * 10000 + day.month * 100 + day.day), st.integers(0, 999)
)
def test_citizen_numbers_agree_with_another_implementation(prefix: int, birth: int, sequence: int) -> None:
    (number,) = identifiers.citizen_numbers(np.array([prefix]), np.array([birth]), np.array([sequence])).tolist()
    assert number[:17] == f"{prefix:06d}{birth:08d}{sequence:03d}"
    assert number[17] == ric.calc_check_digit(number)
    assert identifiers.citizen_check(number[:17]) == number[17]
    assert ric.calc_check_digit(identifiers.with_wrong_check(number)) != identifiers.with_wrong_check(number)[17]


@given(st.integers(100000, 999999), st.integers(0, 99_999_999), st.sampled_from(["91", "92", "93"]))
def test_credit_codes_agree_with_another_implementation(division: int, organisation: int, kind: str) -> None:
    head = np.frombuffer(kind.encode(), dtype=np.uint8)[None, :]
    (code,) = identifiers.credit_codes(head, np.array([division]), np.array([organisation])).tolist()
    assert uscc.validate(code) == code
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(code[8:16], weights, strict=True)) + (
        "0123456789X".index(code[16])
    )
    assert total % 11 == 0


def test_the_old_number_drops_the_century_and_the_check() -> None:
    assert identifiers.citizen_number_of_old("11010519491231002X") == "110105491231002"


@pytest.mark.parametrize(("values", "width", "expected"), [([7, 120], 3, [[0, 0, 7], [1, 2, 0]]), ([0], 2, [[0, 0]])])
def test_digits(values: list[int], width: int, expected: list[list[int]]) -> None:
    assert identifiers.digits(np.array(values), width).tolist() == expected
