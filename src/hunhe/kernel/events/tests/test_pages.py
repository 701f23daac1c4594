"""The desk page of jobs, and retrying from it."""

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from hunhe.kernel.events import actions, models, views
from hunhe.stone.errors import Denied, NotFound
from hunhe.stone.who import Who
from hunhe.ui.callers import identify

SYSTEM = Who.system("test")
ADMINISTRATOR = Who(id="acc_admin", kind="official", may=frozenset({"events.may_see_jobs", "events.may_retry_jobs"}))
pytestmark = pytest.mark.django_db


def ask(path: str, who: Who = ADMINISTRATOR, **post: str):  # Django's request with what middleware adds
    request = RequestFactory().post(path, post) if post else RequestFactory().get(path)
    identify(request, who)
    request._messages = CookieStorage(request)
    return request


@pytest.fixture
def dead_job() -> str:
    def handler(job: object) -> None:
        raise RuntimeError("no paper")

    actions.register_job(who=SYSTEM, kind="print", handler=handler, attempts=1)
    job = actions.enqueue_job(who=SYSTEM, kind="print", key="letter_1", payload={})
    actions.run_due(who=SYSTEM)
    return job.id


def test_what_gave_up_stands_first_with_its_reason(dead_job: str) -> None:
    page = views.jobs(ask("/desk/jobs/")).content.decode()
    assert dead_job in page
    assert "RuntimeError: no paper" in views.dead(ask("/desk/jobs/dead/")).content.decode()


def test_retrying_gives_all_attempts_again(dead_job: str) -> None:
    assert views.retry(ask("/desk/jobs/retry/", id=dead_job)).status_code == 302
    assert models.Job.objects.get(job_id=dead_job).state == "waiting"
    with pytest.raises(NotFound):
        views.retry(ask("/desk/jobs/retry/", id="job_none"))


def test_who_may_see_may_not_retry(dead_job: str) -> None:
    reader = Who(id="r", kind="official", may=frozenset({"events.may_see_jobs"}))
    assert 'name="id"' not in views.jobs(ask("/desk/jobs/", reader)).content.decode()
    with pytest.raises(Denied):
        views.retry(ask("/desk/jobs/retry/", reader, id=dead_job))
    with pytest.raises(Denied):
        views.jobs(ask("/desk/jobs/", Who(id="x", kind="official")))


def test_an_empty_page_is_calm() -> None:
    assert views.jobs(ask("/desk/jobs/?state=nonsense")).status_code == 200
