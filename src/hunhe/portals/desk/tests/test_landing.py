"""Each post sees what waits for it and nothing of others."""

from typing import Any

import pytest
from django.test import Client

from hunhe.hub.collect.models import Batch
from hunhe.kernel.events import models as event_models
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.portals.desk import queries
from hunhe.stone import clock, ids
from hunhe.stone.who import Who
from hunhe.ui import pages

pytestmark = pytest.mark.django_db
SYSTEM = Who.system("test")


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """A demo folder asks officials for no second factor."""
    settings.HUNHE_DEMO = True


def official(role: str, department: str) -> Client:
    account = identity.create_account(
        who=SYSTEM, username=f"t.{role}", password="correct horse battery", kind="official", department=department, name=role
    )
    identity.appoint(who=SYSTEM, account_id=account.id, post=f"{department}.{role}")
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def batch(department: str, **counts: Any) -> str:
    made: dict[str, Any] = {"state": "reconciled", "dataset": f"x.{department}", "seq": 1, "started_at": clock.now()} | counts
    return Batch.objects.create(id=ids.new("bat"), department=department, **made).id


@pytest.fixture
def batches(prepared_city: None) -> dict[str, str]:
    return {
        "mine": batch("human_resources", source_rows=100, loaded=97, quarantined=3),
        "failed": batch("human_resources", seq=2, state="failed"),
        "good": batch("human_resources", seq=3, source_rows=5, loaded=5, quarantined=0),
        "other": batch("public_security", source_rows=100, loaded=90, quarantined=10),
    }


def test_a_steward_sees_the_batches_that_need_a_look(batches: dict[str, str]) -> None:
    may = frozenset({"collect.may_see_batches", "flow.may_move_cases"})
    who = Who(id="act_1", kind="official", department="human_resources", may=may)
    shown = queries.landing(who=who)
    assert {one.batch.id for one in shown.batches or ()} == {batches["mine"], batches["failed"]}
    assert shown.tasks == ()
    assert shown.dead is None
    assert shown.waiting == 2


def test_a_post_without_lists_is_told_so(prepared_city: None) -> None:
    shown = queries.landing(who=Who(id="act_2", kind="official", department="human_resources"))
    assert (shown.tasks, shown.batches, shown.dead, shown.waiting) == (None, None, None, 0)


def test_a_post_without_lists_finds_what_it_opens_and_what_for(prepared_city: None) -> None:
    page = official("leader", "data_bureau").get("/desk/", headers={"Accept-Language": "en"}).content.decode()
    opens = page[page.index('class="opens"') :]
    assert 'href="/cockpit/"' in opens
    assert "each down to its lines" in opens
    assert 'href="/desk/log/"' not in opens
    assert 'href="/desk/"' not in opens


def test_every_page_of_the_desk_says_what_it_is_for() -> None:
    assert [page.url_name for page in pages.registered() if page.skin == "desk" and not page.about] == ["desk:landing"]


@pytest.mark.parametrize("role", ["steward", "reviewer", "administrator", "auditor"])
def test_every_post_gets_a_page(batches: dict[str, str], role: str) -> None:
    department = "human_resources" if role == "steward" else "data_bureau"
    client = official(role, department)
    for path in ("/desk/", "/desk/find/", "/desk/find/?q=%E5%B0%B1%E4%B8%9A", "/desk/find/?q=%27%25"):
        assert client.get(path).status_code == 200, path


def test_citizens_and_strangers(prepared_city: None) -> None:
    assert Client().get("/desk/").status_code == 302


def test_what_gave_up_is_shown_to_administrators(prepared_city: None) -> None:
    event_models.Job.objects.create(
        job_id=ids.new("job"),
        kind="x.y",
        key="k1",
        payload={},
        state="dead",
        heavy=False,
        run_at=clock.now(),
        created_at=clock.now(),
        error="gone",
    )
    assert b"gone" in official("administrator", "data_bureau").get("/desk/").content
    assert b"gone" not in official("steward", "human_resources").get("/desk/").content


def test_old_batches_do_not_wait(prepared_city: None) -> None:
    for seq in range(1, queries.LATEST + 1):
        batch("human_resources", seq=seq, dataset="y", source_rows=1, loaded=1, quarantined=0)
    may = frozenset({"collect.may_see_batches"})
    who = Who(id="act_1", kind="official", department="human_resources", may=may)
    assert queries.landing(who=who).batches == ()
