"""Pages: who may see them, what they say, and that their queries do not grow with the city."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import official_client
from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.tests.scene import SITES, Scene, hour, hours_ago, make_scene
from hunhe.kernel.indicators import queries as indicators
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
SITE = SITES[0]


@pytest.fixture
def clerk(prepared_city: None, demo_folder: None, built: None) -> Client:
    return official_client("clerk", "ecology_environment")


def over(scene: Scene) -> models.Warning:
    scene.send([(SITE, hours_ago(number), 200 + number) for number in (4, 3, 2, 1)])
    return models.Warning.objects.get(kind="over")


def test_strangers_see_the_air_and_nothing_of_the_desk(live: Scene, built: None) -> None:
    row = over(live)
    assert Client().get("/air/").status_code == 200
    for path in ("/desk/warnings/", f"/desk/warnings/{row.id}/", f"/desk/sites/{row.site_id}/"):
        assert Client().get(path).status_code in (302, 401, 403)


def test_an_official_without_the_permission_is_refused(prepared_city: None, demo_folder: None, built: None) -> None:
    assert official_client("administrator").get("/desk/warnings/").status_code == 403


def test_the_list_parts_live_warnings_silence_and_replays(clerk: Client) -> None:
    live, past = make_scene("live", "live"), make_scene("past")
    over(live)
    past.send([(SITE, hour(number), 300) for number in (0, 1, 2)] + [(SITE, hour(9), 10)])
    assert "204" in clerk.get("/desk/warnings/").content.decode()
    replays = clerk.get("/desk/warnings/?view=replay").content.decode()
    assert "2013-01-01" in replays
    assert "2013-01-01" not in clerk.get("/desk/warnings/?view=all").content.decode()
    assert "2013-01-01" not in clerk.get("/desk/warnings/?view=offline").content.decode()


@pytest.mark.parametrize("path", ["/desk/warnings/?cursor=x", "/desk/warnings/?cursor=WyIxIiwieCJd"])
def test_a_damaged_page_link_is_refused(clerk: Client, path: str) -> None:
    assert clerk.get(path).status_code == 422


@pytest.mark.parametrize("path", ["/air/", "/desk/warnings/"])
def test_queries_do_not_grow_with_the_sites(clerk: Client, path: str) -> None:
    def count(**_: Any) -> int:
        with CaptureQueriesContext(connection, **_) as seen:
            assert clerk.get(path).status_code == 200
        return len(seen)

    over(make_scene("live", "live"))
    clerk.get(path)
    few = count()
    for number in range(4):
        over_in = make_scene(f"more{number}", "live")
        over_in.send([(site, hours_ago(age), 300) for site in SITES for age in (3, 2, 1)])
    assert count() <= few + 1


def test_what_is_counted_is_what_is_kept(live: Scene) -> None:
    over(live)
    who = Who.system("test")
    figures = {
        name: indicators.indicator(who=who, id=f"telemetry.{name}") for name in ("readings_today", "sites_now", "warnings_now")
    }
    assert figures["readings_today"].total == 4
    assert (figures["sites_now"].total, figures["sites_now"].whole) == (1, 3)
    assert figures["warnings_now"].total == 1
    assert figures["warnings_now"].by_district() == {"210102": 1}
    assert [happening.level for happening in indicators.today(who=who).happenings if happening.level] == [4]
