from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from hunhe.stone import identifiers

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.text(SIGNS, min_size=9, max_size=9), st.text("0123456789", min_size=6, max_size=6))
def test_a_credit_code_holds_where_another_reader_says_so(organ: str, division: str) -> None:
    body = f"91{division}{organ}"
    for last in SIGNS:
        code = body + last
        assert identifiers.uscc_holds(code) == (uscc.calc_check_digit(code) == last)


def test_what_is_no_credit_code_does_not_hold() -> None:
    assert identifiers.uscc_holds("11210100MB1234567X") is False
    assert identifiers.uscc_holds("") is False
    assert identifiers.uscc_holds("91350100M000100Y4I") is False
    assert identifiers.looks_like_uscc("91350100M000100Y43") is True
