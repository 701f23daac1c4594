"""May a call be answered: grants, columns, cases, quotas, requests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.hub.exchange.rules import deciding, quota, requests
from hunhe.hub.exchange.shapes import Column, Grant, Service

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
TODAY = date(2026, 11, 24)
COLUMNS = tuple(
    Column(name, name, kind, sensitive)
    for name, kind, sensitive in (
        ("id_number", "id_number", True),
        ("name", "name", True),
        ("status", "text", False),
        ("wage", "amount", True),
        ("degree", "text", False),
    )
)
LOOKUP = Service("emp.lookup", "emp", "lookup", ("id_number",), "Employment", "rsj", "rsj.emp", COLUMNS, "conditional")
VERIFY = replace(LOOKUP, code="emp.verify", kind="verify")
GRANT = Grant(
    "g1", "case1", "emp.lookup", "emp", "ybj", "rsj", "check employment", "law",
    {"name": "mask", "status": "give", "degree": "withhold"}, ("insure",), 2, date(2026, 12, 31), "active", "", NOW,
)  # fmt: skip
CASE = deciding.CaseFact("c1", "ybj", "sub_1", "insure", "subject", True)


def refused(call: Any, *arguments: Any) -> str:
    with pytest.raises(deciding.Refused) as caught:
        call(*arguments)
    return caught.value.code


def test_grant_is_chosen_by_purpose() -> None:
    assert deciding.choose_grant([GRANT], " Check　employment", TODAY) is GRANT
    assert refused(deciding.choose_grant, [], "x", TODAY) == "no_grant"
    assert refused(deciding.choose_grant, [GRANT], "something else", TODAY) == "purpose"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "suspended"}, "suspended"),
        ({"state": "revoked"}, "no_grant"),
        ({"expires_on": date(2026, 11, 23)}, "expired"),
    ],
)
def test_a_grant_that_does_not_stand(change: dict[str, Any], code: str) -> None:
    assert refused(deciding.choose_grant, [replace(GRANT, **change)], GRANT.purpose, TODAY) == code


def test_last_day_counts_and_a_living_grant_wins() -> None:
    last = replace(GRANT, expires_on=TODAY)
    assert deciding.choose_grant([replace(GRANT, id="g0", state="suspended"), last], GRANT.purpose, TODAY) is last


def test_columns_given_masked_withheld() -> None:
    chosen = deciding.select_columns(LOOKUP, GRANT, None, ("id_number",))
    assert (chosen.given, chosen.masked, chosen.withheld) == (("status",), ("name",), ("wage", "degree"))
    fewer = deciding.select_columns(LOOKUP, GRANT, ("status",), ("id_number",))
    assert (fewer.given, fewer.masked, fewer.withheld) == (("status",), (), ("name", "wage", "degree"))


@pytest.mark.parametrize("wanted", [("wage",), ("status", "degree"), ("no_such",)])
def test_asking_beyond_the_grant_is_refused(wanted: tuple[str, ...]) -> None:
    assert refused(deciding.select_columns, LOOKUP, GRANT, wanted, ()) == "column"


def test_answer_is_masked_and_holds_nothing_else() -> None:
    row = {"id_number": "210103199004260426", "name": "林晚晴", "status": "在职", "wage": 4321, "subject_id": "sub_1"}
    plan = deciding.plan_answer(LOOKUP, GRANT, None, ("id_number",))
    assert plan.read == ("status", "name")
    assert deciding.shape_answer(row, plan) == {"name": "林**", "status": "在职"}


def test_key_of_a_lookup_and_a_verify() -> None:
    assert deciding.split_key(LOOKUP, {"id_number": " 21010319900426042x "}) == ("id_number", "21010319900426042X", {})
    assert deciding.split_key(VERIFY, {"id_number": "1", "name": "林"})[2] == {"name": "林"}
    assert refused(deciding.split_key, LOOKUP, {"name": "林"}) == "attributes"
    assert refused(deciding.split_key, LOOKUP, {"id_number": "1", "name": "林"}) == "attributes"
    assert refused(deciding.split_key, VERIFY, {"id_number": "1"}) == "attributes"
    assert refused(deciding.split_key, VERIFY, {"id_number": "1", "other": "x"}) == "attributes"


def test_no_case_no_data() -> None:
    deciding.check_case(GRANT, "ybj", CASE, "sub_1", NOW)
    for change, code in (
        ({"is_open": False}, "case_closed"),
        ({"subject_id": "sub_2"}, "case_mismatch"),
        ({"subject_id": None}, "case_mismatch"),
        ({"procedure": "other"}, "case_mismatch"),
        ({"department": "gaj"}, "case_mismatch"),
        ({"origin": "officer"}, "case_mismatch"),
        ({"expires_at": NOW}, "case_closed"),
    ):
        assert refused(deciding.check_case, GRANT, "ybj", replace(CASE, **change), "sub_1", NOW) == code, change
    assert refused(deciding.check_case, GRANT, "ybj", None, "sub_1", NOW) == "case_mismatch"
    assert refused(deciding.check_case, GRANT, "ybj", CASE, None, NOW) == "case_mismatch"


def test_a_verification_gives_one_answer_for_all() -> None:
    row = {"name": "林晚晴", "status": "在职", "wage": 4321}
    assert deciding.agrees(row, {"name": "林晚晴 ", "wage": "４３２１"})
    assert not deciding.agrees(row, {"name": "林晚晴", "status": "离职"})
    assert not deciding.agrees(row, {"degree": "本科"})
    assert not deciding.agrees(None, {"name": "林晚晴"})


def test_least_that_serves() -> None:
    assert deciding.minimal(COLUMNS, ("name", "status", "degree", "wage"), ("name", "status")) == {
        "name": "mask", "status": "give", "wage": "withhold", "degree": "withhold",
    }  # fmt: skip


def test_days_are_the_citys() -> None:
    assert quota.day_of(datetime(2026, 11, 24, 15, 59, tzinfo=UTC), ZONE) == TODAY
    assert quota.day_of(datetime(2026, 11, 24, 16, 0, tzinfo=UTC), ZONE) == date(2026, 11, 25)
    assert quota.seconds_left(datetime(2026, 11, 24, 15, 59, 30, tzinfo=UTC), ZONE) == 30


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))
def test_a_day_ends_where_the_next_begins(moment: datetime) -> None:
    end = quota.day_ends(moment, ZONE)
    assert quota.day_of(end, ZONE) == quota.day_of(moment, ZONE) + timedelta(days=1)
    assert quota.day_of(end - timedelta(seconds=1), ZONE) == quota.day_of(moment, ZONE)
    assert 1 <= quota.seconds_left(moment, ZONE) <= 86_400


@pytest.mark.parametrize(
    ("asked", "busiest", "suggested"), [(2000, 412, 700), (2000, None, 2000), (300, 412, 300), (2000, 3, 100)]
)
def test_suggested_quota(asked: int, busiest: int | None, suggested: int) -> None:
    assert quota.suggested_quota(asked, busiest) == suggested


def test_a_call_is_read() -> None:
    read = requests.read_call("emp.lookup", '{"key":{"id_number":"1"},"purpose":"查","case":"c1","columns":["a","a"]}'.encode())
    assert (read.key, read.purpose, read.case, read.columns) == ({"id_number": "1"}, "查", "c1", ("a",))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"key":{},"purpose":"p"}', b'{"key":{"a":1},"purpose":"p"}', b'{"key":{"a":"1"}}',
        b'{"key":{"a":"1"},"purpose":"p","more":1}', b'{"key":{"a":"\\u0000"},"purpose":"p"}', b'{"key":{"a":"\\ud800"},"purpose":"p"}',
        b'{"key":{"a":"1"},"purpose":"p","columns":[]}', b'{"key":{"a":"1"},"purpose":"p","case":7}', b"[" * 60_000,
        b'{"key":{"a":"' + b"x" * 201 + b'"},"purpose":"p"}', b" " * 70_000,
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_read(body: bytes) -> None:
    with pytest.raises(requests.BadCall):
        requests.read_call("emp.lookup", body)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_reading_never_fails_otherwise(body: bytes) -> None:
    try:
        requests.read_call("emp.lookup", body)
    except requests.BadCall:
        return


@pytest.mark.parametrize("header", [b"", b"x" * 129, b"a b", "键".encode(), b"\x00"])
def test_bad_idempotency_keys(header: bytes) -> None:
    with pytest.raises(requests.BadCall):
        requests.read_idempotency_key(header)
