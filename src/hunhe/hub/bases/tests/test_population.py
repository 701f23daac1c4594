"""Who is one person, which value wins, and what stays: exactly, on a city small enough to know."""

from datetime import UTC, date, datetime

import pytest

from hunhe.hub.bases import queries
from hunhe.hub.bases.shapes import BuildState, Golden
from hunhe.hub.bases.tests.city import (
    EMPLOYMENT,
    INSURED,
    RESIDENT,
    SYSTEM,
    build,
    employed,
    insured,
    links,
    number,
    old_number,
    put,
    resident,
)
from hunhe.kernel.places.models import Division

pytestmark = pytest.mark.django_db(transaction=True)
LI, WANG, TWIN = number(1), number(2), number(3, "19500101")


def golden(id_number: str) -> Golden:
    found = queries.subject_by_id_number(who=SYSTEM, base="population", number=id_number)
    assert found is not None
    return queries.subject(who=SYSTEM, base="population", subject_id=found)


def values(record: Golden) -> dict[str, str]:
    return {field.name: field.value for field in record.fields}


def test_three_lists_become_one_record_and_the_authority_wins() -> None:
    put(RESIDENT, [resident(LI, "李静", address="沈河区青年大街1号", phone="13800000001", nation="满族")])
    put(EMPLOYMENT, [employed("JY1", LI, "李静", phone="13900000002", employer_uscc="91350100M000100Y43")])
    put(INSURED, [insured("3001", LI, "李静", address="和平区太原街9号", phone="13700000003")])
    done = build()
    assert (done.state, done.subjects, done.links, done.failures) == (BuildState.DONE, 1, {"number": 3}, {})
    record = golden(LI)
    assert values(record) == {
        "id_number": LI,
        "name": "李静",
        "sex": "男",
        "birth_date": "1980-01-15",
        "nation": "满族",
        "address": "沈河区青年大街1号",
        "phone": "13800000001",
        "employer_uscc": "91350100M000100Y43",
        "insured_status": "正常参保",
        "status": "active",
    }
    address = next(field for field in record.fields if field.name == "address")
    assert address.source is not None
    assert (address.source.dataset, address.source.key, address.source.line, address.source.grade) == (RESIDENT, LI, 1, "A")
    assert (address.reason, [(loser.value, loser.source.dataset, loser.reason) for loser in address.losers]) == (
        "authority",
        [("和平区太原街9号", INSURED, "authority")],
    )
    name = next(field for field in record.fields if field.name == "name")
    assert (name.reason, name.losers) == ("agreed", ())
    nation = next(field for field in record.fields if field.name == "nation")
    assert nation.reason == "only"


def test_namesakes_stay_apart() -> None:
    put(
        RESIDENT,
        [resident(LI, "李静", birth_date=date(1980, 1, 15)), resident(number(5), "李静", birth_date=date(1980, 1, 15))],
    )
    put(EMPLOYMENT, [employed("JY1", LI, "李静"), employed("JY2", number(5), "李静")])
    put(INSURED, [])
    assert build().subjects == 2
    found = links()
    assert found[RESIDENT, LI] == found[EMPLOYMENT, "JY1"] != found[EMPLOYMENT, "JY2"] == found[RESIDENT, number(5)]


def test_fifteen_and_eighteen_digits_are_one_and_the_newer_row_wins() -> None:
    put(
        RESIDENT,
        [
            resident(TWIN, "王伟", address="新址", updated_at=datetime(2023, 5, 1, tzinfo=UTC)),
            resident(old_number(TWIN), "王伟", address="旧址", updated_at=datetime(2001, 6, 30, tzinfo=UTC)),
        ],
    )
    put(EMPLOYMENT, [])
    put(INSURED, [insured("1", old_number(TWIN), "王伟")])
    assert build().subjects == 1
    record = golden(TWIN)
    assert values(record)["address"] == "新址"
    address = next(field for field in record.fields if field.name == "address")
    assert [(loser.value, loser.reason) for loser in address.losers] == [("旧址", "newer")]
    assert len(record.links) == 3


def test_death_and_moving_away_are_states() -> None:
    put(RESIDENT, [resident(LI, "李静", status="死亡"), resident(WANG, "王强", status="迁出")])
    put(EMPLOYMENT, [employed("JY9", number(9), "赵敏")])
    put(INSURED, [insured("1", LI, "李静")])
    assert build().states == {"active": 1, "deceased": 1, "moved": 1}
    assert golden(LI).status == "deceased"


def test_a_number_with_an_unlike_name_is_disputed_and_harms_nobody() -> None:
    put(RESIDENT, [resident(LI, "李静")])
    put(EMPLOYMENT, [employed("JY1", LI, "李敬"), employed("JY2", LI, "赵刚")])
    put(INSURED, [])
    done = build()
    assert (done.subjects, done.links) == (2, {"disputed": 1, "number": 2})
    found = links()
    assert found[EMPLOYMENT, "JY1"] == found[RESIDENT, LI] != found[EMPLOYMENT, "JY2"]


def test_rows_without_number_join_only_on_strong_evidence() -> None:
    put(
        RESIDENT,
        [
            resident(LI, "李静", phone="13800000001", address="沈河区青年大街1号"),
            resident(number(7), "李静", phone="13800000077", address="皇姑区北陵大街7号"),
            resident(WANG, "王强", phone="13800000009"),
        ],
    )
    put(
        EMPLOYMENT,
        [employed("JY1", None, "李静", phone="13800000001"), employed("JY2", None, "李静"), employed("JY3", None, "王强")],
    )
    put(
        INSURED,
        [
            insured("I1", None, "李敬", phone="13800000077", address="皇姑区北陵大街7号", sex="男"),  # a homophone
            insured("I2", None, "周涛", phone="13600000000"),
            insured("I3", None, "周涛", phone="13600000000"),
        ],
    )
    done = build()
    found = links()
    assert found[EMPLOYMENT, "JY1"] == found[RESIDENT, LI]
    assert found[INSURED, "I1"] == found[RESIDENT, number(7)]
    assert found[INSURED, "I2"] == found[INSURED, "I3"]
    assert (
        len({found[EMPLOYMENT, "JY2"], found[EMPLOYMENT, "JY3"]} & {found[RESIDENT, key] for key in (LI, WANG, number(7))}) == 0
    )
    assert done.links == {"alone": 2, "match": 4, "number": 3}


def test_full_width_and_lower_case_numbers_are_read() -> None:
    x_number = next(number(n) for n in range(100, 200) if number(n).endswith("X"))
    wide = x_number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    put(RESIDENT, [resident(x_number, "欧阳 娜")])
    put(EMPLOYMENT, [employed("JY1", wide, "欧阳　娜"), employed("JY2", x_number.lower(), "欧阳娜")])
    put(INSURED, [])
    assert build().subjects == 1
    assert values(golden(x_number))["name"] == "欧阳娜"


def test_an_audit_that_finds_rows_stops_the_publication(monkeypatch: pytest.MonkeyPatch) -> None:
    put(RESIDENT, [resident(LI, "李静")])
    put(EMPLOYMENT, [])
    put(INSURED, [])
    first = build()
    put(RESIDENT, [resident(LI, "李静", birth_date=date(1981, 1, 1), status="未知")])
    second = build()
    assert first.state is BuildState.DONE
    assert second.state is BuildState.DONE  # an unknown state becomes none, and none becomes active
    from hunhe.hub.bases import golden as rules

    original = rules.golden_sql
    monkeypatch.setattr(
        rules,
        "golden_sql",
        lambda model: (
            original(model).replace("SELECT subject_id,", "SELECT subject_id, ", 1) + " UNION ALL BY NAME " + original(model)
        ),
    )
    put(RESIDENT, [resident(LI, "李静", address="新")])
    third = build()
    assert third.state is BuildState.FAILED
    assert third.failures == {"one person per identity number": 1}
    assert queries.counts(who=SYSTEM, base="population").subjects == 1
    assert values(golden(LI)).get("address") is None


def test_subjects_are_counted_by_district_of_the_citys_own_tree() -> None:
    for place, path in enumerate(("xy", "xy/7q", "xy/7q/210103005", "xy/31")):
        code, level = path.split("/")[-1], ("city", "district", "street")[path.count("/")]
        Division.objects.create(code=code, level=level, name=code, parent_code="", path=f"{path}/", place=place)
    put(RESIDENT, [resident(LI, "李静", division_code="210103005"), resident(WANG, "王伟", division_code="?")])
    put(EMPLOYMENT, [employed("JY1", LI, "李静")])
    put(INSURED, [insured("3001", LI, "李静")])
    build()
    counts = queries.counts(who=SYSTEM, base="population")
    assert counts.divisions == {"": 1, "7q": 1}
    assert counts.built_at is not None
