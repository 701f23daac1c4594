"""A scan passes once, for the right function, on time; every refusal is one of the closed list and is written down."""

from datetime import timedelta

import pytest

from hunhe.hub.exchange import queries as exchange
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock
from hunhe.wallet.code import actions, models, queries
from hunhe.wallet.code.rules import words
from hunhe.wallet.code.shapes import REFUSALS
from hunhe.wallet.code.tests.phone import new_key
from hunhe.wallet.code.tests.scene import LIN, SYSTEM, Scene, terminal
from hunhe.wallet.functions import actions as functions


@pytest.fixture(autouse=True)
def _machine_time() -> object:
    yield
    clock.install(None)


def _code(answer: tuple[int, dict[str, object]]) -> object:
    return answer[1].get("code", answer[1].get("outcome"))


def test_a_good_code_passes_with_a_receipt_and_gives_nothing_away(scene: Scene) -> None:
    status, body = scene.scan(scene.lin.show())
    assert (status, body["outcome"]) == (200, "passed")
    assert body["shows"] == [{"label": "可以进", "value": "", "how": "give"}]
    assert LIN not in str(body)
    assert "林" not in str(body)
    receipt = audit.receipt(who=SYSTEM, entry_id=body["receipt"]["entry_id"])
    assert receipt.leaf_hash == body["receipt"]["leaf_hash"]


def test_identification_shows_a_masked_name_from_level_three_on(scene: Scene) -> None:
    status, body = scene.scan(scene.lin.show(), scene.desk)
    assert status == 200
    assert body["shows"] == [{"label": "姓名（遮住一部分）", "value": "林**", "how": "mask"}]
    assert _code(scene.scan(scene.zhao.show(), scene.desk)) == "level"


def test_pseudonyms_agree_within_a_department_and_differ_between(scene: Scene) -> None:
    here = scene.scan(scene.lin.show())[1]["pseudonym"]
    assert scene.scan(scene.lin.show(certificate=1), scene.second_gate)[1]["pseudonym"] == here
    assert scene.scan(scene.lin.show(), scene.other_gate)[1]["pseudonym"] != here
    assert scene.scan(scene.zhao.show())[1]["pseudonym"] != here


def test_certificates_of_one_phone_have_nothing_in_common(scene: Scene) -> None:
    one, other = (raw for raw, _ in scene.lin.ready)
    assert one[4:20] != other[4:20]
    assert one[27:60] != other[27:60]
    assert (one[:4], one[20:27]) == (other[:4], other[20:27])


def test_a_code_passes_once(scene: Scene) -> None:
    code = scene.lin.show()
    assert scene.scan(code)[0] == 200
    assert scene.scan(code)[0:1] == (409,)
    assert _code(scene.scan(code, scene.other_gate)) == "replayed"
    assert models.Moment.objects.count() == 1


def test_a_code_twice_in_one_group_commit_passes_once(scene: Scene) -> None:
    code = scene.lin.show()
    answers = scene.scans((code, scene.gate, {}), (code, scene.other_gate, {}))
    assert [_code(answer) for answer in answers] == ["passed", "replayed"]


def test_the_same_idempotency_key_is_the_same_scan(scene: Scene) -> None:
    code = scene.lin.show()
    first, again = scene.scan(code, key="k1"), scene.scan(code, key="k1")
    assert first[0] == again[0] == 200
    assert first[1]["receipt"]["entry_id"] == again[1]["receipt"]["entry_id"]
    assert models.Scan.objects.count() == 1
    assert _code(scene.scan(scene.lin.show(), key="k1")) == "replayed"


@pytest.mark.parametrize(("late", "code"), [(39, "passed"), (41, "expired"), (-9, "passed"), (-12, "clock_ahead")])
def test_screenshots_come_late_and_clocks_may_differ_a_little(scene: Scene, late: int, code: str) -> None:
    assert _code(scene.scan(scene.lin.show(late=late))) == code


def test_a_certificate_ends_after_a_day(scene: Scene) -> None:
    clock.install(clock.shifted(timedelta(hours=23, minutes=58)))
    assert _code(scene.scan(scene.lin.show())) == "passed"
    clock.install(clock.shifted(timedelta(hours=24, minutes=1)))
    assert _code(scene.scan(scene.lin.show())) == "certificate_over"


def test_forgeries_are_told_from_the_real(scene: Scene) -> None:
    assert _code(scene.scan(scene.lin.show(key=new_key()))) == "forged"
    certificate, key = scene.lin.ready[0]
    scene.lin.ready[0] = (certificate[:20] + bytes([3]) + certificate[21:], key)
    scene.zhao.ready[0] = (scene.zhao.ready[0][0][:20] + b"\x03" + scene.zhao.ready[0][0][21:], scene.zhao.ready[0][1])
    assert _code(scene.scan(scene.zhao.show())) == "forged"


def test_a_lost_phone_is_refused_from_the_next_scan_on(scene: Scene) -> None:
    assert _code(scene.scan(scene.lin.show())) == "passed"
    assert scene.lin.device is not None
    actions.revoke_device(who=scene.lin.who, device_id=scene.lin.device.id)
    assert _code(scene.scan(scene.lin.show())) == "revoked_device"


def test_a_suspended_account_shows_no_code(scene: Scene) -> None:
    identity.set_active(who=SYSTEM, account_id=scene.lin.who.id, active=False)
    assert _code(scene.scan(scene.lin.show())) == "suspended"


def test_terminals_scan_only_as_themselves(scene: Scene) -> None:
    code = scene.lin.show()
    assert _code(scene.scan(code, token="hh_nobody")) == "no_token"
    assert _code(scene.scan(code, token=None)) == "no_token"
    assert _code(scene.scan(code, terminal=scene.other_gate.terminal.id)) == "unknown_terminal"
    assert _code(scene.scan(code, token=scene.second_gate.secret)) == "unknown_terminal"
    assert _code(scene.scan(code)) == "passed", "none of these used the code up"
    actions.revoke_terminal(who=SYSTEM, terminal_id=scene.gate.terminal.id)
    assert _code(scene.scan(scene.lin.show())) in ("no_token", "unknown_terminal")


def test_a_code_made_for_one_function_serves_no_other(scene: Scene) -> None:
    assert _code(scene.scan(scene.lin.show(function=1))) == "wrong_function"
    assert _code(scene.scan(scene.lin.show(function=1), scene.desk)) == "passed"
    assert _code(scene.scan(scene.lin.show(), function="identification")) == "wrong_function"


def test_one_function_switched_off_leaves_the_others(scene: Scene) -> None:
    functions.switch_function(who=SYSTEM, function="identification", on=False, reason="检修")
    assert _code(scene.scan(scene.lin.show(), scene.desk)) == "switched_off"
    assert _code(scene.scan(scene.lin.show())) == "passed"
    functions.switch_function(who=SYSTEM, function="identification", on=True, reason="修好")
    assert _code(scene.scan(scene.lin.show(), scene.desk)) == "passed"


def test_what_cannot_be_looked_up_is_no_refusal_and_uses_nothing_up(scene: Scene) -> None:
    code = scene.lin.show()
    models.Device.objects.filter(id=scene.lin.enrolled.id).update(subject_id="sub_gone")
    from hunhe.kernel.identity.models import Account

    Account.objects.filter(id=scene.lin.who.id).update(subject_id="sub_gone")
    assert scene.scan(code, scene.desk)[0] == 503
    assert not models.Moment.objects.exists()
    assert not models.Scan.objects.exists()


@pytest.mark.parametrize("payload", ["", "HH:", "hello", "HH:" + "0" * 300, "HH:" + "Z" * 900, "林", "HH:林"])
def test_what_is_no_code_is_malformed(scene: Scene, payload: str) -> None:
    assert scene.scan(payload)[0] == 422


def test_every_scan_of_a_known_person_stands_in_their_uses(scene: Scene) -> None:
    passed = scene.scan(scene.lin.show())[1]["receipt"]["entry_id"]
    late = scene.scan(scene.lin.show(late=60))[1]["entry_id"]
    scene.scan(scene.lin.show(), scene.desk)
    uses = exchange.uses_of(who=scene.lin.who, subject_id=LIN).items
    assert [use.outcome for use in uses] == ["given", "refused", "given"]
    assert {use.entry_id for use in uses} >= {passed, late}
    assert uses[0].masked == ("姓名（遮住一部分）",)
    assert uses[2].looked == ("可以进",)
    assert (uses[2].place, uses[2].resource_title, uses[1].code) == ("大厅 南门", "场馆入口", "expired")
    days = exchange.use_days(who=scene.lin.who, subject_id=LIN)
    assert (days.given, days.refused) == (2, 1)
    trace = exchange.trace(who=scene.lin.who, entry_id=passed)
    assert trace.receipt.entry_id == passed
    assert not trace.fields


def test_a_scan_costs_the_same_queries_for_one_and_for_many(scene: Scene, django_assert_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    scene.scan(scene.lin.show())
    with CaptureQueriesContext(connection) as one:
        scene.scan(scene.lin.show())
    with CaptureQueriesContext(connection) as many:
        scene.scans(*((scene.lin.show(), scene.gate, {}) for _ in range(20)))
    assert len(many) == len(one)


def test_the_list_of_refusals_is_closed_and_has_words() -> None:
    assert set(REFUSALS) <= set(words.SENTENCES)


def test_strangers_cannot_fill_the_log_one_by_one(scene: Scene) -> None:
    from hunhe.kernel.audit.models import Entry

    before = Entry.objects.count()
    code = scene.lin.show()
    scene.scans(*((code, scene.gate, {"token": None}) for _ in range(9)))
    assert Entry.objects.count() == before + 1
    assert not models.Scan.objects.exists()


def test_departments_see_scans_without_people(scene: Scene) -> None:
    scene.scan(scene.lin.show())
    found = queries.scans_of(who=SYSTEM, department="civil_affairs").items[0]
    assert (found.outcome, found.terminal_name) == ("passed", "南门")
    assert LIN not in str(found)


def test_the_same_key_is_the_same_terminal(scene: Scene) -> None:
    first = actions.register_terminal(who=SYSTEM, department="civil_affairs", name="西门", function="gate", key="a")
    again = actions.register_terminal(who=SYSTEM, department="civil_affairs", name="西门", function="gate", key="a")
    assert (first.terminal, bool(first.secret), again.secret) == (again.terminal, True, "")
    assert terminal("西门", "gate", "civil_affairs").terminal != first.terminal
