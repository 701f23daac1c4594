import pytest

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.events import queries as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import models, queries
from hunhe.kernel.flow.tests.conftest import (
    APPLICANT,
    BUREAU,
    CITIZEN,
    COLLEAGUE,
    EVERYBODY,
    NEIGHBOUR,
    PROVIDER,
    STRANGER,
    SYSTEM,
    apply_for_subsidy,
    ask_for_data,
    run_jobs,
    step,
)
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound

GIVE = {"name": "give", "address": "mask"}


def test_a_grant_request_from_asking_to_granted(town, grants):
    case = ask_for_data()
    assert (case.number, case.stage, case.state, case.rev) == ("210100-2611-000001", "check", "open", 1)
    case = step(BUREAU, case, "pass")
    case = step(PROVIDER, case, "grant", decision=GIVE)
    assert (case.stage, case.state, case.due_at) == ("reply", "effecting", None)
    assert queries.moves_for(who=PROVIDER, case_id=case.id) == ()
    with pytest.raises(Conflict, match=r"flow\.case\.effecting"):
        flow.withdraw_case(who=APPLICANT, case_id=case.id, expected_version=case.rev)
    run_jobs()
    case = queries.case_by_id(who=APPLICANT, case_id=case.id)
    assert (case.stage, case.state, case.outcome, case.facts["decision"]) == ("granted", "closed", "granted", GIVE)
    assert [(effect.name, effect.seq, effect.case.facts["decision"]) for effect in grants] == [("exchange.open_grant", 3, GIVE)]
    lines = queries.history(who=PROVIDER, case_id=case.id)
    assert [(line.seq, line.what, line.move, line.by) for line in lines] == [
        (1, "opened", "", APPLICANT.id),
        (2, "moved", "pass", BUREAU.id),
        (3, "moved", "grant", PROVIDER.id),
        (4, "confirmed", "grant", "system:flow"),
    ]
    entries = audit.entries_of(who=SYSTEM, object=case.id).items
    assert {line.entry_id for line in lines} == {entry.entry_id for entry in entries}


def test_numbers_rise_without_gaps_and_by_month(town, at):
    from hunhe.kernel.flow.tests.conftest import MONDAY, days

    assert [ask_for_data().number[-6:] for _ in range(3)] == ["000001", "000002", "000003"]
    at(MONDAY + days(20))
    assert ask_for_data().number == "210100-2612-000001"


def test_the_same_key_opens_one_case(town):
    def again(title: str, who=APPLICANT):
        return flow.open_case(
            who=who,
            procedure="catalogue_entry",
            department=who.department,
            facts={"resource": "r"},
            origin="office",
            title=title,
            key="k",
        )

    editor = EVERYBODY[0].__class__(
        id="acc_editor", kind="official", department="civil_affairs", may=frozenset({"catalogue.may_edit_resources"})
    )
    first = again("a", editor)
    assert again("a", editor) == first
    with pytest.raises(Conflict, match="key_reused"):
        again("b", editor)
    assert models.Case.objects.count() == 1


def test_a_case_that_moved_on_is_a_conflict(town):
    case = ask_for_data()
    step(BUREAU, case, "pass")
    with pytest.raises(Conflict, match=r"flow\.case\.moved_on"):
        flow.move_case(who=BUREAU, case_id=case.id, move="pass", expected_version=1)
    with pytest.raises(Conflict, match=r"flow\.move\.not_here"):
        flow.move_case(who=BUREAU, case_id=case.id, move="pass", expected_version=2)


def test_the_same_move_key_moves_once(town):
    case = ask_for_data()
    for _ in range(2):
        moved = flow.move_case(who=BUREAU, case_id=case.id, move="pass", expected_version=1, key="once")
        assert (moved.stage, moved.rev) == ("reply", 2)
    with pytest.raises(Conflict, match=r"flow\.move\.key_reused"):
        flow.move_case(who=BUREAU, case_id=case.id, move="return", expected_version=2, key="once", note="x")


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: who.name)
def test_who_may_do_what_in_each_stage(town, grants, who):
    """The table of roles and moves of a grant request; whatever is not in it is refused."""
    allowed = {
        "check": {"bureau": {"pass", "return", "turn_down"}, "applicant": {"withdraw"}},
        "correction": {"applicant": {"resubmit", "withdraw"}},
        "reply": {"provider": {"grant", "refuse"}, "applicant": {"withdraw"}},
        "refusal_known": {"applicant": {"mediate", "let_stand", "withdraw"}},
        "mediation": {"bureau": {"back_to_reply", "uphold"}, "applicant": {"withdraw"}},
    }
    case = ask_for_data()
    path = [(BUREAU, "return"), (APPLICANT, "resubmit"), (BUREAU, "pass"), (PROVIDER, "refuse"), (APPLICANT, "mediate")]
    for actor, move in [*path, (None, "")]:
        expected = allowed[case.stage].get(who.name, set())
        sees = (
            who.name in ("applicant", "colleague")
            or models.Task.objects.filter(case_id=case.id, department=who.department or "-").exists()
        )
        if not sees:
            with pytest.raises(NotFound):
                queries.moves_for(who=who, case_id=case.id)
        else:
            assert {found.id for found in queries.moves_for(who=who, case_id=case.id)} == expected
        every = {move.id for move in models_moves(case)} - expected
        for other in every:
            with pytest.raises((Denied, Conflict, NotFound)):
                step(who, case, other, note="because")
        if actor:
            case = step(actor, case, move, note="because")


def models_moves(case):
    from hunhe.kernel.flow.rows import procedure_of

    return procedure_of(models.Case.objects.select_related("procedure").get(id=case.id)).moves


def test_refusing_needs_a_reason(town):
    case = step(BUREAU, ask_for_data(), "pass")
    with pytest.raises(Invalid, match=r"flow\.move\.reason"):
        step(PROVIDER, case, "refuse", note="  ")
    case = step(PROVIDER, case, "refuse", note="依据不足")
    assert queries.history(who=APPLICANT, case_id=case.id)[-1].note == "依据不足"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "flow.facts.missing"),
        ({"decision": {}}, "flow.facts.missing"),
        ({"decision": "give"}, "flow.facts.kind"),
        ({"decision": {"name": "withhold"}}, "flow.move.guard"),
        ({"decision": {"name": "give"}, "provider_department": "civil_affairs"}, "flow.facts.unknown"),
        ({"decision": {"name": "give"}, "granted_until": "2026-13-01"}, "flow.facts.kind"),
        ({"decision": {"name": "give"}, "granted_quota": True}, "flow.facts.kind"),
        ({"decision": {str(n): "give" for n in range(300)}}, "expressions.values"),
    ],
)
def test_facts_that_do_not_fit_are_refused(town, facts, code):
    case = step(BUREAU, ask_for_data(), "pass")
    with pytest.raises(Invalid) as refusal:
        step(PROVIDER, case, "grant", **facts)
    assert refusal.value.code == code
    assert queries.case_by_id(who=PROVIDER, case_id=case.id) == case


def test_opening_is_refused_where_it_should(town):
    with pytest.raises(NotFound):
        ask_for_data(provider_department="ministry_of_magic")
    with pytest.raises(Invalid, match=r"flow\.open\.guard"):
        ask_for_data(provider_department="civil_affairs")
    with pytest.raises(Denied, match=r"flow\.open\.not_yourself"):
        apply_for_subsidy(CITIZEN, subject_id="person_2")
    with pytest.raises(Denied, match=r"flow\.open\.origin"):
        apply_for_subsidy(COLLEAGUE, origin="subject")
    with pytest.raises(Denied, match="other_department"):
        apply_for_subsidy(STRANGER, origin="office")
    with pytest.raises(Invalid, match=r"flow\.open\.origin_unknown"):
        apply_for_subsidy(SYSTEM, origin="approved")
    assert not models.Case.objects.exists()
    assert not models.Number.objects.filter(last__gt=0).exists()


def test_only_cases_that_count_open_data(town):
    own = apply_for_subsidy()
    office = apply_for_subsidy(APPLICANT, origin="office")
    statutory = apply_for_subsidy(SYSTEM, origin="statutory")

    def counts(case, subject="person_1", procedures=("subsidy_application",)):
        return queries.open_case_of(who=SYSTEM, case_id=case.id, subject_id=subject, procedures=procedures) is not None

    assert (counts(own), counts(statutory), counts(office)) == (True, True, False)
    assert not counts(own, subject="person_2")
    assert not counts(own, procedures=("grant_request",))
    with pytest.raises(Denied, match=r"flow\.move\.second_person"):
        step(APPLICANT, office, "approve_origin")
    assert counts(step(COLLEAGUE, office, "approve_origin"))
    closed = flow.withdraw_case(who=CITIZEN, case_id=own.id, expected_version=own.rev)
    assert (closed.state, closed.outcome, counts(own)) == ("closed", "withdrawn", False)
    with pytest.raises(Denied):
        queries.open_case_of(who=APPLICANT, case_id=own.id, subject_id="person_1", procedures=("subsidy_application",))


def test_a_citizen_sees_and_moves_only_their_own(town):
    case = step(COLLEAGUE, apply_for_subsidy(), "return", note="缺收入证明", gaps=["收入证明"])
    with pytest.raises(NotFound):
        queries.case_by_id(who=NEIGHBOUR, case_id=case.id)
    with pytest.raises(NotFound):
        flow.move_case(who=NEIGHBOUR, case_id=case.id, move="resubmit", expected_version=case.rev)
    with pytest.raises(NotFound):
        flow.withdraw_case(who=NEIGHBOUR, case_id=case.id, expected_version=case.rev)
    assert [move.id for move in queries.moves_for(who=CITIZEN, case_id=case.id)] == ["resubmit", "withdraw"]
    assert step(CITIZEN, case, "resubmit", phone="13800000000").stage == "apply"
    assert [found.id for found in queries.cases_of_subject(who=CITIZEN, subject_id="person_1").items] == [case.id]
    with pytest.raises(Denied):
        queries.cases_of_subject(who=CITIZEN, subject_id="person_2")


def test_branches_split_and_join(branches):
    clerk = EVERYBODY[0].__class__(
        id="acc_m",
        kind="official",
        department="market_regulation",
        may=frozenset({"flow.may_move_cases", "flow.may_open_cases"}),
    )
    health = EVERYBODY[0].__class__(id="acc_h", kind="official", department="health_insurance", may=clerk.may)
    case = flow.open_case(
        who=clerk, procedure="shop", department="market_regulation", facts={}, origin="office", title="书店", key="s"
    )
    case = step(clerk, case, "split")
    due = {task.stage: task.due_at for task in models.Task.objects.filter(case_id=case.id, state="open")}
    assert (set(due), case.due_at) == ({"clean", "safe"}, due["clean"])
    case = flow.suspend_case(who=PROVIDER, case_id=case.id, reason="drawing", expected_version=case.rev)
    assert case.state == "open"
    case = step(health, case, "clean_ok")
    assert (case.stage, case.state, case.pause) == ("safe", "suspended", "drawing")
    case = flow.resume_case(who=PROVIDER, case_id=case.id, expected_version=case.rev)
    with pytest.raises(Invalid, match="面积超过一百平方米"):
        step(PROVIDER, case, "safe_ok", area=120)
    case = step(PROVIDER, case, "safe_ok", area=86)
    assert case.stage == "pack"
    assert step(clerk, case, "deliver").outcome == "done"


def test_withdrawing_ends_every_branch(branches):
    clerk = EVERYBODY[0].__class__(
        id="acc_m",
        kind="official",
        department="market_regulation",
        may=frozenset({"flow.may_move_cases", "flow.may_open_cases"}),
    )
    case = flow.open_case(
        who=clerk, procedure="shop", department="market_regulation", facts={}, origin="office", title="", key="s"
    )
    case = step(clerk, case, "split")
    case = flow.withdraw_case(who=clerk, case_id=case.id, expected_version=case.rev)
    assert case.outcome == "withdrawn"
    assert not models.Task.objects.filter(case_id=case.id, state__in=["open", "paused"]).exists()
    assert not models.Timer.objects.filter(task__case_id=case.id, state="armed").exists()


def test_a_version_in_use_never_changes_and_cases_stay_on_theirs(town):
    from hunhe.kernel.city.shapes import ContentFile
    from hunhe.kernel.flow import content
    from hunhe.kernel.flow.tests.conftest import REPOSITORY

    path = "kernel/flow/procedures/grant_request.toml"
    text = (REPOSITORY / "cities/kit" / path).read_text()
    case = ask_for_data()
    changed = text.replace('name = "转提供部门"', 'name = "转办"')
    with pytest.raises(Conflict, match=r"flow\.procedure\.used"):
        content.apply(SYSTEM, [ContentFile.parsed(path, "kit", changed)])
    newer = changed.replace('version = "2026-11.2"', 'version = "2026-12"').replace('id = "pass"', 'id = "hand_on"')
    content.apply(SYSTEM, [ContentFile.parsed(path, "kit", newer)])
    later = ask_for_data()
    assert (case.version, later.version) == ("2026-11.2", "2026-12")
    assert step(BUREAU, case, "pass").stage == step(BUREAU, later, "hand_on").stage == "reply"
    with pytest.raises(NotFound):
        apply_for_subsidy()


def test_events_tell_other_rooms_without_personal_data(town, grants):
    from hunhe.kernel.events import actions, registry

    heard = []
    actions.subscribe(who=SYSTEM, name="flow.case.closed", subscriber="test", handler=heard.append)
    try:
        case = apply_for_subsidy()
        flow.withdraw_case(who=CITIZEN, case_id=case.id, expected_version=1)
        run_jobs()
    finally:
        registry.subscribers["flow.case.closed"].pop("test")
    assert [event.payload["outcome"] for event in heard] == ["withdrawn"]
    assert "person_1" not in str(heard[0].payload)
    assert events is not None
