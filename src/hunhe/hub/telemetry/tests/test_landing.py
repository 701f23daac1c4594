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


def test_readings_wait_and_then_land_once(scene: Scene) -> None:
    scene.send([(SITES[0], hour(number), number) for number in range(20)])
    landing.land_if_due()
    assert not Job.objects.filter(kind=landing.JOB).exists()
    with time_machine.travel(clock.true_now() + landing.PATIENCE + timedelta(seconds=1)):
        landing.land_if_due()
        landing.land_if_due()
        (job,) = Job.objects.filter(kind=landing.JOB)
        landing.land(job.shape())
        landing.land(job.shape())
    (batch,) = collect.Batch.objects.filter(dataset=landing.DATASET)
    assert list(models.Batch.objects.values_list("landed", flat=True)) == [batch.id]
    landing.land_if_due()
    assert Job.objects.filter(kind=landing.JOB).count() == 1


def test_the_rows_are_those_of_the_contract(scene: Scene) -> None:
    scene.send([(SITES[0], hour(0), 12.5)])
    (row,) = landing._rows([models.Batch.objects.get().pk])
    fields = {field["name"] for field in collect.Dataset.objects.get(pk=landing.DATASET).contract["fields"]}
    assert set(row) == fields
    assert (row["site"], row["at"], row["value"], row["instant"]) == (SITES[0], hour(0), 12.5, f"{hour(0)}:00+08:00")


def test_nothing_lands_where_nothing_came(scene: Scene) -> None:
    landing.land_if_due()
    assert events.run_due(who=SYSTEM, limit=10) == 0
