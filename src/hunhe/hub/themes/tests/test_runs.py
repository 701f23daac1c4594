"""Runs: once per change, all tables or none, audits and rights before publication, lineage as it was run, time travel."""

import pytest

from hunhe.hub.bases.tests.city import RESIDENT, build, number, put, resident
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.shapes import Audit
from hunhe.hub.themes import actions, content, models, queries, rights, running, verification
from hunhe.hub.themes.content import Folder
from hunhe.hub.themes.shapes import Reached, ThemeState
from hunhe.hub.themes.tests.city import DISTRICT, SYSTEM, first_city, run
from hunhe.kernel.indicators import counting
from hunhe.kernel.indicators import queries as indicators
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
THEME = "population_structure"
TABLE = f"theme.{THEME}.by_district_age"


@pytest.fixture(autouse=True)
def city(prepared_city: None) -> None:
    first_city()


def test_a_theme_publishes_what_its_sql_says_and_runs_once_per_change() -> None:
    found = run(THEME)
    assert (found.state, found.run and found.run.rows) == (ThemeState.FRESH, {TABLE: 1})
    before = models.Run.objects.filter(theme=THEME).count()
    assert run(THEME).run == found.run
    assert models.Run.objects.filter(theme=THEME).count() == before
    sample = queries.rows_as_of(who=SYSTEM, table=TABLE)
    assert dict(zip(sample.columns, sample.rows[0], strict=True)) == {
        "district": DISTRICT,
        "people": 3,
        "minors": 0,
        "elders": 0,
        "women": 3 - sum(int(number(serial)[16]) % 2 for serial in (1, 2, 3)),
    }
    assert sample.inputs == {table: lake.active(who=SYSTEM, table=table).version for table in found.inputs}  # type: ignore[union-attr]  # they are there


def test_rows_can_be_read_as_of_an_older_version() -> None:
    first = run(THEME).run
    put(RESIDENT, [resident(number(serial), f"张{serial}", division_code=f"{DISTRICT}001001") for serial in range(1, 6)])
    build()
    second = run(THEME).run
    assert first is not None
    assert second is not None
    then = queries.rows_as_of(who=SYSTEM, table=TABLE, version=first.tables[TABLE])
    now = queries.rows_as_of(who=SYSTEM, table=TABLE, version=second.tables[TABLE])
    assert (then.rows[0][1], now.rows[0][1]) == (3, 5)
    assert (then.run, dict(then.inputs)) == (first.id, first.inputs)
    assert queries.rows_as_of(who=SYSTEM, table=TABLE, at=then.at) == then
    with pytest.raises(NotFound):
        queries.rows_as_of(who=SYSTEM, table=TABLE, version=99)


def test_a_failing_audit_leaves_the_version_before_and_tells_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    good = run(THEME)
    real = content.folders()
    bad = Folder(
        model=real[THEME].model,
        steps=real[THEME].steps,
        audits=(Audit("there are no people", "SELECT district FROM by_district_age WHERE people > 0"),),
        text="changed",
    )
    monkeypatch.setattr(content, "folders", lambda: {**real, THEME: bad})
    from hunhe.hub.themes import plans

    plans._kept.clear()
    failed = run(THEME)
    plans._kept.clear()
    assert (failed.state, failed.last and failed.last.failures) == (ThemeState.FAILED, {"there are no people": 1})
    assert failed.run == good.run
    assert lake.active(who=SYSTEM, table=TABLE).version == good.run.tables[TABLE]  # type: ignore[union-attr]  # both are there


def test_a_theme_without_a_right_to_a_column_is_held_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "rights", tuple)
    held = run("elder_care")
    assert held.state is ThemeState.HELD
    assert "base.population" in held.why.params["columns"]
    monkeypatch.setattr(
        rights, "finders", [lambda owner, table: frozenset({"birth_date", "division_code", "status", "updated_at"})]
    )
    assert run("elder_care").state is ThemeState.FRESH


def test_what_rests_on_a_column_is_listed_before_and_grey_after() -> None:
    """The acceptance: every affected indicator is listed before the withdrawal and greyed after it."""
    run(THEME)
    run("elder_care")
    before = queries.reach(who=SYSTEM, table=RESIDENT, column="birth_date")
    affected = {one.id for one in before.found if one.kind == "indicator"}
    assert {"themes.elder_care_elders"} <= affected
    assert {one.id for one in before.found if one.kind == "base"} == {"base.population"}
    untouched = "themes.population_structure_people"
    assert untouched not in affected
    made = actions.withdraw_column(who=SYSTEM, table=RESIDENT, column="birth_date", reason="公安局停止提供")
    counting.forget()
    figures = {one.indicator.id: one for one in indicators.readings(who=SYSTEM, ids=(*sorted(affected), untouched))}
    assert {name for name, one in figures.items() if one.withdrawn} == affected
    assert queries.theme_by_id(who=SYSTEM, theme="elder_care").state is ThemeState.WITHDRAWN
    assert run("elder_care").state is ThemeState.WITHDRAWN
    with pytest.raises(Conflict):
        actions.withdraw_column(who=SYSTEM, table=RESIDENT, column="birth_date", reason="again")
    actions.lift_withdrawal(who=SYSTEM, withdrawal_id=made.id)
    assert run("elder_care").state is ThemeState.FRESH
    counting.forget()
    assert not indicators.indicator(who=SYSTEM, id="themes.elder_care_elders").withdrawn


def test_only_its_own_department_withdraws_a_column() -> None:
    stranger = Who(id="acc", kind="official", department="human_resources", may=frozenset({"themes.may_withdraw"}))
    with pytest.raises(Denied):
        actions.withdraw_column(who=stranger, table=RESIDENT, column="phone", reason="不是我的")
    with pytest.raises(NotFound):
        actions.withdraw_column(who=SYSTEM, table=RESIDENT, column="nothing", reason="没有")
    with pytest.raises(Invalid):
        actions.withdraw_column(who=SYSTEM, table=RESIDENT, column="phone", reason=" ")


def test_rooms_above_say_what_they_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    from hunhe.hub.themes import reaching

    one = Reached(kind="service", id="s", name="s", via=RESIDENT)
    monkeypatch.setattr(reaching, "finders", {"service": lambda reached: [one] if "phone" in reached[RESIDENT] else []})
    assert one in queries.reach(who=SYSTEM, table=RESIDENT, column="phone").found


def test_a_broken_list_marks_what_rests_on_it_stale_and_a_good_one_frees_it() -> None:
    from hunhe.kernel.events import actions as events

    run(THEME)
    events.publish(who=SYSTEM, name="collect.batch.failed", aggregate=RESIDENT, payload={"dataset": RESIDENT})
    events.run_due(who=SYSTEM)
    stale = queries.theme_by_id(who=SYSTEM, theme=THEME)
    assert (stale.state, stale.why.params) == (ThemeState.STALE, {"table": RESIDENT})
    assert stale.run is not None
    events.publish(who=SYSTEM, name="collect.batch.repeated", aggregate=RESIDENT, payload={"dataset": RESIDENT})
    events.run_due(who=SYSTEM)
    assert queries.theme_by_id(who=SYSTEM, theme=THEME).state is ThemeState.FRESH


def test_lineage_reaches_from_theme_to_list_and_verify_finds_what_does_not_agree() -> None:
    done = run(THEME).run
    assert done is not None
    nodes = {(one.table, one.column) for one in queries.lineage(who=SYSTEM, table=TABLE, column="elders")}
    assert {("base.population", "birth_date"), (RESIDENT, "birth_date")} <= nodes
    assert [one.ok for one in verification.check()] == [True]
    row = models.Run.objects.get(id=done.id)
    row.inputs = {**row.inputs, RESIDENT: 77}
    row.save()
    assert [one.ok for one in verification.check()] == [False] * len(row.tables)


def test_sql_that_fails_ends_the_run_and_not_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    real = running._work

    def broken(engine: object, plan: object) -> dict[str, int]:
        raise Invalid("themes.run.sql", "%(reason)s", reason="it took too long")

    monkeypatch.setattr(running, "_digest", lambda *given: "of other inputs")  # so that there is something to run
    monkeypatch.setattr(running, "_work", broken)
    assert run(THEME).state is ThemeState.FAILED
    monkeypatch.setattr(running, "_work", real)
    assert run(THEME).state is ThemeState.FRESH
