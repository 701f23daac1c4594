"""Rules over many values: ages, situations, grades, rates, reasons."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.networks.service import rules
from hunhe.networks.service.item import Condition, Field, Limits, Material, Option, Question, Result, ServiceItem
from hunhe.networks.service.shapes import FieldValue, Grade, Verdict
from hunhe.stone.errors import Invalid

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
GRADES: st.SearchStrategy[Grade] = st.sampled_from(("A", "B", "C", "D"))


def item(**changes: Any) -> ServiceItem:
    said: dict[str, Any] = {
        "id": "card",
        "version": "2026-11",
        "name": "证",
        "short_name": "证",
        "owner": "civil_affairs",
        "basis": "法",
        "valid_from": "2026-01-01",
        "kind": "public_service",
        "procedure": "card",
        "summary": "一张证",
        "audience": "老人",
        "limits": Limits(statutory=20, promised=10, basis="法"),
        "result": Result(name="证"),
        "remedy": "复议",
    }
    return ServiceItem(**(said | changes))


@given(DAYS, DAYS)
def test_age_grows_by_one_a_year_and_never_falls(birth: date, day: date) -> None:
    age = rules.age_on(birth, day)
    assert rules.age_on(birth, day + timedelta(days=1)) - age in (0, 1)
    if day >= birth:
        assert age >= 0


@given(DAYS, st.integers(min_value=1, max_value=110))
def test_the_day_of_an_age_is_the_first_on_which_it_holds(birth: date, years: int) -> None:
    day = rules.day_of_age(birth, years)
    assert rules.age_on(birth, day) == years
    assert rules.age_on(birth, day - timedelta(days=1)) == years - 1


@given(DAYS, DAYS)
def test_an_age_condition_agrees_with_the_age_and_names_the_day(birth: date, day: date) -> None:
    person = rules.person_facts({"birth_date": birth.isoformat(), "division_code": "210102"}, True, day)
    found = rules.verdict_on(Condition(id="age", name="年满 60", unmet="到 {day}", age_from=60), person, {})
    assert found.met is (rules.age_on(birth, day) >= 60)
    assert (found.day is None) is found.met
    if found.day:
        assert found.day > day


@given(st.lists(st.sampled_from([True, False, None])))
def test_one_unmet_condition_is_a_no_and_an_unknown_one_never_a_yes(met: list[bool | None]) -> None:
    answer = rules.qualifies(Verdict(condition=str(n), name="", met=one) for n, one in enumerate(met))
    assert answer is (False if False in met else None if None in met else True)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8)))
def test_only_answers_that_were_asked_for_count(given_answers: dict[str, str]) -> None:
    asks = item(questions=(Question(id="q", name="?", options=(Option(id="a", name="甲"), Option(id="b", name="乙"))),))
    found = rules.fitting_answers(asks, given_answers | {"q": given_answers.get("q", "a")})
    assert set(found) <= {"q"}
    assert all(value in ("a", "b") for value in found.values())


@given(st.lists(GRADES, min_size=1, max_size=3))
def test_a_paper_is_spared_only_by_what_a_base_says_and_takes_the_weakest_grade(grades: list[Grade]) -> None:
    values = {f"f{n}": FieldValue(value="x", grade=grade, source="公安局") for n, grade in enumerate(grades)}
    line = rules.material_line(
        Material(id="card", name="身份证", form="original", issuer="公安", proved_by=tuple(values)), values
    )
    spared = all(grade in "AB" for grade in grades)
    assert (line.met_by == "base") is spared
    assert line.is_open is not spared
    if spared:
        assert line.grade == max(grades)


@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(min_value=0, max_value=2),
    st.sampled_from(["none", "consult", "apply", "full"]),
)
def test_rates_follow_from_what_an_item_demands(proved: bool, upload: bool, follows: bool, visits: int, online: str) -> None:
    paper = Material(
        id="paper",
        name="纸",
        form="original",
        issuer="本人",
        necessity="may_follow" if follows else "required",
        proved_by=("name",) if proved else (),
        upload=upload,
    )
    found = item(materials=(paper,), visits=visits, online=online)
    rates = rules.online_rates([found, item(online="full")])
    assert rates.items == 2
    assert rates.fully_online <= rates.online_capable <= rates.items
    assert rules.is_fully_online(found) is (online == "full" and visits == 0 and (proved or upload or follows))


@given(st.integers(min_value=-3, max_value=9), st.lists(st.sampled_from(["101", "102", "201", "501", "999"]), max_size=4))
def test_reasons_belong_to_their_stars(stars: int, codes: list[str]) -> None:
    known = {"101": "a", "102": "b", "201": "c", "501": "d"}
    fits = 1 <= stars <= 5 and all(code in known and code[0] == str(stars) for code in codes)
    if fits:
        assert set(rules.fitting_reasons(stars, codes, known)) == set(codes)
    else:
        with pytest.raises(Invalid):
            rules.fitting_reasons(stars, codes, known)


@given(st.text(max_size=400))
def test_a_written_value_is_tidied_or_refused_never_broken(said: str) -> None:
    try:
        value = rules.checked_value(Field(id="address", name="地址"), said)
    except Invalid:
        return
    assert len(value) <= rules.LONGEST_VALUE
    assert value == " ".join(value.split())


@pytest.mark.parametrize(
    ("said", "fits"),
    [("13800006021", True), ("024-22512345", True), ("024 2251 2345", True), ("12345", False), ("138000060211", False)],
)
def test_telephone_numbers(said: str, fits: bool) -> None:
    field = Field(id="phone", name="手机", kind="phone")
    if fits:
        assert rules.checked_value(field, said)
    else:
        with pytest.raises(Invalid):
            rules.checked_value(field, said)
