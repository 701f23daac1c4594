"""Readings enter the hub once, as one delivery."""

from datetime import timedelta

import pytest
import time_machine

from hunhe.hub.collect import models as collect
from hunhe.hub.telemetry import landing, models
from hunhe.hub.telemetry.tests.scene import SITES, SYSTEM, Scene, hour
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.models import Job
from hunhe.stone import clock

pytestmark = pytest.mark.django_db


def wait(seconds: float) -> "time_machine.travel":
    return time_machine.travel(clock.true_now() + timedelta(seconds=seconds))


def jobs() -> list[Job]:
    return list(Job.objects.filter(kind=landing.JOB).order_by("id"))


def test_readings_land_once_when_no_more_are_coming(scene: Scene) -> None:
    scene.send([(SITES[0], hour(number), number) for number in range(20)])
    landing.land_if_due()
    assert jobs() == []
    with wait(landing.QUIET.total_seconds() + 1):
        landing.land_if_due()
        landing.land_if_due()
        (job,) = jobs()
        landing.land(job.shape())
        landing.land(job.shape())
    (batch,) = collect.Batch.objects.filter(dataset=landing.DATASET)
    assert list(models.Batch.objects.values_list("landed", flat=True)) == [batch.id]
    landing.land_if_due()
    assert len(jobs()) == 1


def test_few_readings_wait_a_while_after_a_landing(scene: Scene) -> None:
    scene.send([(SITES[0], hour(0), 1)])
    with wait(landing.QUIET.total_seconds() + 1):
        landing.land_if_due()
        landing.land(jobs()[0].shape())
        scene.send([(SITES[0], hour(1), 1)])
    with wait(60):
        landing.land_if_due()
        assert len(jobs()) == 1
    with wait(landing.PATIENCE.total_seconds() + 30):
        landing.land_if_due()
        assert len(jobs()) == 2


def test_the_rows_are_those_of_the_contract(scene: Scene) -> None:
    scene.send([(SITES[0], hour(0), 12.5)])
    (row,) = landing._rows([models.Batch.objects.get().pk])
    fields = {field["name"] for field in collect.Dataset.objects.get(pk=landing.DATASET).contract["fields"]}
    assert set(row) == fields
    assert (row["site"], row["at"], row["value"], row["instant"]) == (SITES[0], hour(0), 12.5, f"{hour(0)}:00+08:00")


def test_nothing_lands_where_nothing_came(scene: Scene) -> None:
    landing.land_if_due()
    assert events.run_due(who=SYSTEM, limit=10) == 0
