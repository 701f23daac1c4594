"""A rating by somebody without a phone: on the screen that a clerk hands over, with the clerk's name beside it."""

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.audit.models import Entry
from hunhe.kernel.notify import queries as notify
from hunhe.networks.service import actions, models, queries
from hunhe.networks.service.shapes import Application
from hunhe.networks.service.tests.town import (
    ANSWERS,
    CLERK,
    DECIDER,
    EXAMINER,
    PEOPLE,
    STRANGER,
    WANG,
    check_all,
    citizen,
    granted,
    run_jobs,
    step,
)
from hunhe.stone.errors import Conflict, Denied, Invalid

pytestmark = pytest.mark.usefixtures("town", "demo_folder")
GRANNY = citizen(WANG)


def taken_in() -> Application:
    said = {"name": PEOPLE[WANG]["name"], "id_number": PEOPLE[WANG]["id_number"], "answers": ANSWERS}
    values = {"delivery": "counter", "phone": "024-22512345"}
    return actions.take_in(
        who=CLERK, item="elder_card", values=values, seen=["identity", "photo"], spoken_consent=True, key="k", **said
    )


def done() -> Application:
    application = taken_in()
    check_all(CLERK, application)
    step(EXAMINER, application, "approve_origin")
    step(EXAMINER, application, "propose", opinion="符合条件")
    step(DECIDER, application, "grant")
    step(CLERK, application, "make")
    run_jobs()
    step(CLERK, application, "deliver", delivered_how="窗口")
    run_jobs()
    return application


def test_kept_with_the_clerks_name_and_told_to_the_person() -> None:
    application = done()
    made = actions.rate_at_counter(who=CLERK, case_id=application.case_id, stars=2, reasons=["201"], comment="等太久")
    assert (made.stars, made.handed_by) == (2, "陈立")
    assert made.callback, "a bad one is called back, wherever it was given"
    assert models.Rating.objects.get().handed_by == CLERK.id
    entry = Entry.objects.get(act="service.rating.given")
    assert entry.who == CLERK.id
    told = [notice for notice in notify.list_notices(who=GRANNY).items if notice.params.get("clerk")]
    assert [(notice.params["stars"], notice.params["clerk"]) for notice in told] == [(2, "陈立")]
    with pytest.raises(Conflict):
        actions.rate_case(who=GRANNY, case_id=application.case_id, stars=5)
    assert queries.list_ratings(who=DECIDER, department="civil_affairs").items[0].handed_by == "陈立"


def test_only_at_the_counter_that_took_it_in_and_once_it_is_done() -> None:
    online = granted()
    with pytest.raises(Denied, match=r"service\.rating\.counter"):
        actions.rate_at_counter(who=CLERK, case_id=online.case_id, stars=5)
    open_one = taken_in()
    with pytest.raises(Conflict, match=r"service\.rating\.not_done"):
        actions.rate_at_counter(who=CLERK, case_id=open_one.case_id, stars=5)
    for who in (GRANNY, DECIDER):
        with pytest.raises(Denied):
            actions.rate_at_counter(who=who, case_id=open_one.case_id, stars=5)
    with pytest.raises(Exception, match=r"flow\.case\.unknown"):
        actions.rate_at_counter(who=STRANGER, case_id=open_one.case_id, stars=5)
    with pytest.raises(Invalid, match=r"service\.rating\.stars"):
        actions.rate_at_counter(who=CLERK, case_id=done_now(open_one).case_id, stars=0)


def done_now(application: Application) -> Application:
    step(CLERK, application, "reject", note="来件不属本市")
    return application


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        ("clerk", "civil_affairs", 200),
        ("examiner", "civil_affairs", 200),
        ("decider", "civil_affairs", 403),
        ("clerk", "human_resources", 404),
        ("reviewer", "data_bureau", 403),
        ("citizen", None, 403),
    ],
)
def test_the_screen_by_role(role: str, department: str | None, status: int) -> None:
    application = done()
    client = official_client(role, department)
    assert client.get(f"/desk/service/cases/{application.case_id}/rate/").status_code == status


def test_nothing_of_the_desk_is_on_the_screen_handed_over() -> None:
    application, client = done(), official_client("clerk", "civil_affairs")
    path = f"/desk/service/cases/{application.case_id}/rate/"
    assert path in client.get(f"/desk/service/cases/{application.case_id}/").content.decode()
    page = client.get(path).content.decode()
    assert "王秀英，<br>您看我们办得怎么样？" in page
    assert 'class="rail"' not in page
    assert PEOPLE[WANG]["id_number"] not in page
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"stars": "5", "reasons": ["501", "101"]}).status_code == 302
    assert "谢谢您" in client.get(path).content.decode()
    assert models.Rating.objects.get().reasons == ["501"]
    assert path not in client.get(f"/desk/service/cases/{application.case_id}/").content.decode()
    assert Client().get(path).status_code in (302, 401, 403)
