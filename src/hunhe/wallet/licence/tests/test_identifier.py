"""The identifier of GB/T 36904 and its check character."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from hunhe.stone.errors import Invalid
from hunhe.wallet.licence.rules.identifier import Identifier, check_character, parse, serial_of, version_of

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
words = st.text(SIGNS, min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("parts", "check"),
    [
        (("11100000000013338W011", "11430000006122244L", "20230000403", "001"), "U"),
        (("11100000MB03271699022", "340100", "000000016", "001"), "9"),
    ],
)
def test_the_examples_of_the_mission(parts: tuple[str, str, str, str], check: str) -> None:
    made = Identifier(*parts)
    assert made.check == check
    assert parse(str(made)) == made


@given(words)
def test_the_check_agrees_with_another_implementation(text: str) -> None:
    assert check_character(text) == mod_37_36.calc_check_digit(text)
    assert mod_37_36.is_valid(text + check_character(text))


@given(words, st.data())
def test_one_misread_character_is_noticed(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(SIGNS))
    assume(other != text[place])
    assert check_character(text[:place] + other + text[place + 1 :]) != check_character(text)


@given(st.integers(1, 9_999_999), st.integers(1, 999))
def test_what_is_printed_can_be_read_and_a_changed_digit_cannot(number: int, version: int) -> None:
    made = Identifier("11100000000000000J001", "210100", serial_of(2026, number), version_of(version))
    text = str(made)
    assert parse(text) == made
    with pytest.raises(Invalid):
        parse(text.replace(".210100.", ".210101."))


@pytest.mark.parametrize(
    "text", ["", "1.2.156.3005.2", "1.2.156.3005.2.A.B.C.D", "1.2.156.3005.2.a.b.c.d.e", "2.2.156.3005.2.A.B.C.D.E"]
)
def test_what_is_no_identifier(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)
