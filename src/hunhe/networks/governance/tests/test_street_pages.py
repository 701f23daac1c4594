"""Pages: for whom, with what, and what they do when something is posted."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from conftest import official_client
from hunhe.kernel.identity.models import Account
from hunhe.networks.governance import models
from hunhe.networks.governance.tests import scene
from hunhe.networks.governance.tests.scene import COVER, LAT, LON, METRE
from hunhe.stone import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prepared_city", "demo_folder", "built")]
DEPARTMENT = "urban_management"


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def _photo(lat: float = LAT) -> SimpleUploadedFile:
    return SimpleUploadedFile("p.jpg", scene.jpeg(LON, lat), content_type="image/jpeg")


def _key(page: bytes, name: str = "key") -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.decode())
    assert found
    return found.group(1)


def _report(client: Client, **said: object) -> models.Problem:
    key = _key(client.get("/street/new/").content)
    posted = {"key": key, "kind": COVER, "lon": LON, "lat": LAT, "photos": _photo(), **said}
    answer = client.post("/street/new/", posted)
    assert answer.status_code == 302, answer.content[:500]
    return models.Problem.objects.get(id=answer.url.split("/")[2])


def test_a_citizen_reports_follows_and_reopens_and_everybody_does_their_part() -> None:
    citizen = official_client("citizen", None)
    problem = _report(citizen, words="盖子没了", place="文化路口")
    assert "文化路口" in citizen.get("/street/").content.decode()
    assert citizen.get(f"/street/{problem.id}/").status_code == 200

    dispatcher = official_client("dispatcher", DEPARTMENT)
    page = dispatcher.get("/desk/dispatch/").content.decode()
    assert "排水二队" in page
    assert f'"id": "{problem.id}"' in page
    sent = {"rev": problem.rev, "team": "drainage_2", "key": "k"}
    assert dispatcher.post(f"/desk/street/{problem.id}/send/", sent).status_code == 302
    problem.refresh_from_db()

    fixer = official_client("fixer.drainage_2", DEPARTMENT)
    assert "文化路口" in fixer.get("/desk/street/orders/").content.decode()
    for away, stage in ((500, "fix"), (10, "check")):
        posted = {"rev": problem.rev, "photos": _photo(LAT + away * METRE), "key": f"k{away}"}
        assert fixer.post(f"/desk/street/{problem.id}/fix/", posted).status_code == 302
        problem.refresh_from_db()
        assert problem.stage == stage
    assert fixer.post(f"/desk/street/{problem.id}/check/", {"rev": problem.rev, "passes": "1"}).status_code == 403

    inspector = official_client("inspector", DEPARTMENT)
    file = inspector.get(f"/desk/street/{problem.id}/").content.decode()
    assert file.count("<figure>") == 2
    assert inspector.post(f"/desk/street/{problem.id}/check/", {"rev": problem.rev, "passes": "1"}).status_code == 302
    problem.refresh_from_db()
    assert problem.stage == "settled"

    assert citizen.post(f"/street/{problem.id}/reopen/", {"why": "又响了", "key": "r"}).status_code == 302
    problem.refresh_from_db()
    assert problem.stage == "dispatch"


def test_what_is_near_is_shown_and_joined_or_kept_apart() -> None:
    first = _report(official_client("citizen", None))
    other = official_client("other", None)
    part = other.get("/street/nearby/", {"kind": COVER, "lon": LON, "lat": LAT}).content.decode()
    assert f'value="{first.id}"' in part
    assert _report(other, join=first.id).id == first.id
    third = official_client("third", None)
    assert _report(third, shown="1", join="").id != first.id


def test_a_form_sent_twice_is_one_report() -> None:
    client = official_client("citizen", None)
    said = {"key": _key(client.get("/street/new/").content), "kind": COVER, "lon": LON, "lat": LAT}
    assert client.post("/street/new/", said).url == client.post("/street/new/", said).url
    assert models.Report.objects.count() == 1


def test_photos_are_shown_to_those_concerned_only() -> None:
    client = official_client("citizen", None)
    _report(client)
    photo = models.Photo.objects.get()
    shown = client.get(f"/street/photos/{photo.id}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert official_client("other", None).get(f"/street/photos/{photo.id}/").status_code == 404
    original = official_client("inspector", DEPARTMENT).get(f"/street/photos/{photo.id}/?original=1")
    assert original["Content-Disposition"].startswith("attachment")
    assert official_client("patrol", DEPARTMENT).get(f"/street/photos/{photo.id}/?original=1").status_code == 404


PAGES = {
    "/desk/dispatch/": "dispatcher",
    "/desk/street/orders/": "fixer",
    "/desk/street/checks/": "inspector",
    "/desk/street/overdue/": "supervisor",
    "/desk/street/new/": "patrol",
    "/desk/street/teams/": "dispatcher",
}


@pytest.mark.parametrize("path", PAGES)
def test_empty_pages_say_so_and_strangers_do_not_get_in(path: str) -> None:
    assert official_client(PAGES[path], DEPARTMENT).get(path).status_code == 200
    assert official_client("citizen", None).get(path).status_code in (302, 403, 404)


def test_the_supervisor_sees_names_and_approvals() -> None:
    problem = _report(official_client("citizen", None))
    dispatcher = official_client("dispatcher", DEPARTMENT)
    asked = {"rev": problem.rev, "move": "ask_void", "note": "现场没有", "key": "v"}
    assert dispatcher.post(f"/desk/street/{problem.id}/move/", asked).status_code == 302
    supervisor = official_client("supervisor", DEPARTMENT)
    assert problem.number in supervisor.get("/desk/street/overdue/").content.decode()
    file = supervisor.get(f"/desk/street/{problem.id}/").content.decode()
    assert "同意作废" in file


def test_what_the_clock_did_is_told_in_words(at: Callable[[datetime], None]) -> None:
    at(datetime.now(UTC) - timedelta(days=9))
    problem = scene.dispatched(scene.report().problem_id)
    clock.install(None)
    scene.settle()
    file = official_client("supervisor", DEPARTMENT).get(f"/desk/street/{problem.id}/").content.decode()
    trail = file[file.index('<ol class="trail"') : file.index("</ol>", file.index('<ol class="trail"'))]
    titles = re.findall(r"<b>(.*?)</b>", trail)
    assert titles[-1] == "上报"
    assert any("局" in title for title in titles), "told one level up, by the department's name"
    assert all(titles)
    assert DEPARTMENT not in trail


def test_no_account_no_street() -> None:
    assert Client().get("/street/new/").status_code in (302, 401)
    assert Account.objects.count() == 0
