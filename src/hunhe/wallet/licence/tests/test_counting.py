"""What is counted of licences, and what `hunhe verify` notices."""

from datetime import timedelta

import pytest
from django.db import connection

from hunhe.kernel.indicators.shapes import Span
from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, indicators, models, queries
from hunhe.wallet.licence.tests.people import SYSTEM
from hunhe.wallet.licence.tests.scene import Scene
from hunhe.wallet.licence.verification import check_licences

pytestmark = pytest.mark.django_db


def span() -> Span:
    now = clock.now()
    return Span(now - timedelta(hours=9), now + timedelta(hours=15), now)


def test_issued_in_force_and_revoked_are_counted_by_issuer(scene: Scene) -> None:
    first, second = scene.issue(), scene.issue(key="k2", case_id="")
    scene.issue(key="k3", case_id="case_3")
    actions.revoke_licence(who=scene.keeper, licence_id=first.id, reason="冒领", expected_version=first.rev)
    actions.renew_licence(
        who=scene.keeper, licence_id=second.id, valid_until=None, reason="换发", key="r", expected_version=second.rev
    )
    issued = indicators._issued(SYSTEM, span()).lines
    assert [(line.department, line.value, line.whole) for line in issued] == [("civil_affairs", 2, 3)]
    assert [line.value for line in indicators._valid(SYSTEM, span()).lines] == [2]
    assert [line.value for line in indicators._revoked(SYSTEM, span()).lines] == [1]


def test_verify_names_a_state_that_was_changed_behind_the_house(scene: Scene) -> None:
    made, other = scene.issue(), scene.issue(key="k2")
    queries.verify(who=Who.anonymous(), code=made.code)
    assert all(result.ok for result in check_licences())
    models.Licence.objects.filter(id=made.id).update(state="revoked")
    assert [made.id in result.detail for result in check_licences()] == [True, False]
    models.Licence.objects.filter(id=made.id).update(state="valid")
    models.Change.objects.filter(licence_id=other.id, seq=1).delete()
    assert [other.id in result.detail for result in check_licences()] == [True, False]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE licence_verification SET entry_id = 'aud_nothing'")
    assert not check_licences()[1].ok
