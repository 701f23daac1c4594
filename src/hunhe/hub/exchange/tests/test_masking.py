"""What a masked value looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.hub.exchange.rules.masking import kind_of, mask

KINDS = ("name", "id_number", "uscc", "account", "phone", "email", "address", "amount", "date", "subject", "text")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "林晚晴", "林**"),
        ("name", "林晚", "林*"),
        ("name", "欧阳晓明", "欧**"),
        ("id_number", "210103199004260426", "2101**********0426"),
        ("uscc", "912101000000000012", "9121**********0012"),
        ("phone", "13800001234", "138****1234"),
        ("phone", "1234", "****"),
        ("address", "辽宁省沈阳市和平区南京南街1号", "辽宁省沈阳市和平区****"),
        ("address", "南京街阳光小区2号楼", "南京****"),
        ("amount", 4321, "3000–5000"),
        ("amount", "0", "0–1000"),
        ("amount", "5000", "5000–8000"),
        ("amount", "-3", "<0"),
        ("amount", "2000000", "≥1000000"),
        ("amount", "many", "*"),
        ("amount", "nan", "*"),
        ("date", "1990-04-26", "1990-**-**"),
        ("date", "unknown", "*"),
        ("email", "lin@example.org", "l***@example.org"),
        ("subject", "sub_0001", "*"),
        ("text", "在职", "在**"),
        ("text", "男", "*"),
        ("name", None, None),
        ("name", "", ""),
    ],
)
def test_mask_by_kind(kind: str, value: object, shown: str | None) -> None:
    assert mask(kind, value) == shown


@pytest.mark.parametrize(
    ("name", "type_", "kind"),
    [
        ("name", "C", "name"),
        ("legal_representative", "C", "name"),
        ("id_number", "C", "id_number"),
        ("holder_id_number", "C", "id_number"),
        ("mobile", "C", "phone"),
        ("household_address", "C", "address"),
        ("monthly_wage", "N", "amount"),
        ("registered_on", "C", "date"),
        ("status", "D", "date"),
        ("status", "C", "text"),
        ("uscc", "C", "uscc"),
        ("subject_id", "C", "subject"),
    ],
)
def test_kind_of_column(name: str, type_: str, kind: str) -> None:
    assert kind_of(name, type_) == kind


@pytest.mark.parametrize(
    ("name", "title", "kind"),
    [
        ("legal_rep_id", "法定代表人身份证号", "id_number"),
        ("x1", "联系电话", "phone"),
        ("code", "统一社会信用代码", "uscc"),
        ("x", "", "text"),
    ],
)
def test_kind_of_column_by_its_title(name: str, title: str, kind: str) -> None:
    assert kind_of(name, "C", title) == kind


@given(st.sampled_from(KINDS), st.text(min_size=1, max_size=60))
def test_a_mask_never_fails_and_hides_something(kind: str, value: str) -> None:
    shown = mask(kind, value)
    assert shown is not None
    if kind not in ("amount", "email"):
        assert "*" in shown


@given(st.text(alphabet="0123456789X", min_size=18, max_size=18))
def test_an_id_number_hides_birth_day(number: str) -> None:
    assert mask("id_number", number) == number[:4] + "*" * 10 + number[-4:]
