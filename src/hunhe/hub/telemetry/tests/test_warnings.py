"""Warnings in the tables: whatever the order of arrival, one open per site and rule, orders only for what is current."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunhe.hub.telemetry import content, jobs, judging, models, orders, queries, verification
from hunhe.hub.telemetry.rules.spells import judge
from hunhe.hub.telemetry.tests.scene import SITES, SYSTEM, Scene, hour, hours_ago, make_scene
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.models import Job
from hunhe.kernel.flow import models as flow_models
from hunhe.stone import clock, ids

pytestmark = pytest.mark.django_db
SITE = SITES[0]


def test_a_row_of_readings_opens_and_closes_a_warning(scene: Scene) -> None:
    scene.send([(SITE, hour(0), 151), (SITE, hour(1), 300)])
    assert scene.warnings() == []
    scene.send([(SITE, hour(2), 160)])
    assert scene.warnings() == [(SITE, hour(2), None, 300)]
    scene.send([(SITE, hour(3), 420), (SITE, hour(4), 150)])
    assert scene.warnings() == [(SITE, hour(2), hour(4), 420)]
    assert models.Warning.objects.get(kind="over").level == "orange"


def test_a_late_reading_withdraws_what_never_was(scene: Scene) -> None:
    scene.send([(SITE, hour(number), 200) for number in (0, 2, 3)])
    assert scene.warnings() == [(SITE, hour(3), None, 200)]
    scene.send([(SITE, hour(1), 20)])
    assert scene.warnings() == []
    assert [row.state for row in models.Warning.objects.all()] == ["withdrawn"]


def test_a_warning_that_moves_keeps_its_name(scene: Scene) -> None:
    scene.send([(SITE, hour(number), 200) for number in (2, 3, 4, 5)])
    (before,) = models.Warning.objects.values_list("id", flat=True)
    scene.send([(SITE, hour(1), 600)])
    assert scene.warnings() == [(SITE, hour(3), None, 600)]
    assert list(models.Warning.objects.values_list("id", flat=True)) == [before]


def test_late_readings_fill_a_silence(scene: Scene) -> None:
    scene.send([(SITE, hour(0), 10), (SITE, hour(9), 10)])
    assert scene.warnings("offline") == [(SITE, hour(0), hour(9), None)]
    scene.send([(SITE, hour(4), 10)])
    assert scene.warnings("offline") == [(SITE, hour(0), hour(4), None), (SITE, hour(4), hour(9), None)]
    scene.send([(SITE, hour(2), 10), (SITE, hour(7), 10)])
    assert scene.warnings("offline") == []


values = st.sampled_from([10.0, 150.0, 151.0, 300.0, 600.0])
places = st.tuples(st.sampled_from(SITES[:2]), st.integers(0, 24))


@given(kept=st.dictionaries(places, values, min_size=1, max_size=30), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_batching_ends_in_the_same_warnings(
    prepared_city: None, kept: dict[tuple[str, int], float], data: st.DataObject
) -> None:
    scene = make_scene(f"s{ids.new('x')[-20:]}", sites=SITES[:2])
    left = data.draw(st.permutations(list(kept.items())))
    while left:
        size = data.draw(st.integers(1, len(left)))
        batch = [(site, hour(number), value) for (site, number), value in left[:size]]
        scene.answers(scene.incoming(batch), scene.incoming(batch[:1]))
        left = left[size:]
    terms = content.rules_in_force()[0].terms
    for kind in ("over", "offline"):
        expected = []
        for site in SITES[:2]:
            rows = sorted((number * 60, value) for (name, number), value in kept.items() if name == site)
            for spell in judge(rows, terms):
                if spell.kind == kind:
                    end = None if spell.end is None else hour(spell.end // 60)
                    expected.append((site, hour(spell.start // 60), end, spell.peak))
        assert scene.warnings(kind) == sorted(expected, key=lambda row: row[:2])
    assert all(check.ok for check in verification.check_warnings())


def test_one_warning_may_be_open_per_site_and_rule(scene: Scene) -> None:
    scene.send([(SITE, hour(number), 200) for number in range(3)])
    (row,) = models.Warning.objects.all()
    row.pk, row.start = ids.new("warn"), row.start + 600
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_current_warning_of_a_live_site_becomes_one_order(live: Scene) -> None:
    live.send([(SITE, hours_ago(number), 200) for number in (3, 2, 1)])
    live.send([(SITE, hours_ago(4), 260)])
    _run_orders()
    (case,) = flow_models.Case.objects.filter(procedure_code="air_warning_order")
    assert (case.origin, case.department, case.stage) == ("statutory", "ecology_environment", "verify")
    assert models.Warning.objects.get(kind="over").case_id == case.id
    live.send([(SITE, hours_ago(0), 20)])
    _run_orders()
    assert models.Warning.objects.get(kind="over").state == "closed"
    assert flow_models.Case.objects.get(procedure_code="air_warning_order").state == "open"


def test_an_order_nobody_took_up_goes_one_level_up_after_fifteen_minutes(live: Scene) -> None:
    live.send([(SITE, hours_ago(number), 200) for number in (3, 2, 1)])
    _run_orders()
    task = flow_models.Task.objects.get(case__procedure_code="air_warning_order")
    assert task.due_at == task.arrived_at + timedelta(minutes=15)
    with time_machine.travel(task.due_at - timedelta(seconds=1)):
        _run_orders()
        task.refresh_from_db()
        assert (task.overdue, task.up_may) == (False, "")
    with time_machine.travel(task.due_at + timedelta(seconds=1)):
        _run_orders()
        task.refresh_from_db()
        assert (task.overdue, task.up_department, task.up_may) == (True, "ecology_environment", "telemetry.may_check_orders")


def test_series_of_the_past_and_old_warnings_open_no_orders(scene: Scene, live: Scene) -> None:
    scene.send([(SITE, hours_ago(number), 200) for number in (3, 2, 1)])
    live.send([(SITE, hours_ago(number), 200 if number > 28 else 20) for number in range(40, 0, -1)])
    assert models.Warning.objects.filter(kind="over").count() == 2
    assert not Job.objects.filter(kind=orders.JOB).exists()


def test_silence_by_the_citys_clock_is_offline_never_normal(live: Scene) -> None:
    live.send([(site, hours_ago(number), 200 if site == SITE else 20) for site in SITES for number in (2, 1, 0)])
    jobs.find_silence()
    states = {watch.site.code: watch.state for watch in queries.list_watches(who=SYSTEM)}
    assert states == {SITES[0]: "over", SITES[1]: "normal", SITES[2]: "normal"}
    with time_machine.travel(clock.true_now() + timedelta(hours=5)):
        jobs.find_silence()
        assert {watch.state for watch in queries.list_watches(who=SYSTEM)} == {"offline"}
        assert live.warnings() == [(SITE, hours_ago(5), hours_ago(5), 200)]
        assert jobs.find_silence() is None
        assert models.Warning.objects.filter(kind="offline", state="open").count() == len(SITES)
        live.send([(SITE, hours_ago(0), 20)])
        states = {watch.site.code: watch.state for watch in queries.list_watches(who=SYSTEM)}
        assert states[SITE] == "normal"


def test_a_site_that_never_reported_counts_as_silent(live: Scene) -> None:
    found = queries.counts(who=SYSTEM)
    assert (found.sites, found.online, found.offline) == (3, 0, 3)


def test_the_past_is_never_silent(scene: Scene) -> None:
    scene.send([(SITE, hour(0), 10)])
    jobs.find_silence()
    assert scene.warnings("offline") == []


def test_a_changed_rule_judges_everything_anew(scene: Scene) -> None:
    scene.send([(SITE, hour(number), 120) for number in range(4)])
    row = models.Rule.objects.get()
    row.body = {**row.body, "threshold": 100.0, "levels": {"blue": 100.0}}
    row.save()
    judging.judge_whole(content.read_rule(row))
    assert scene.warnings() == [(SITE, hour(2), None, 120)]


def test_verify_finds_a_warning_that_was_tampered_with(scene: Scene) -> None:
    scene.send([(SITE, hour(number), 200) for number in range(4)])
    assert all(check.ok for check in verification.check_warnings())
    models.Warning.objects.update(peak=199)
    assert [check.check for check in verification.check_warnings() if not check.ok] == ["telemetry.warnings.true"]
    models.Reading.objects.filter(id=models.Reading.objects.filter(value=200).values("id")[:1]).delete()
    assert len([check for check in verification.check_warnings() if not check.ok]) == 2


def _run_orders() -> None:
    for _ in range(3):
        events.run_due(who=SYSTEM, limit=50)
