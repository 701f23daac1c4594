import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.kernel.notify import actions, models, queries
from hunhe.stone.errors import Denied, Invalid, NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
MAY = frozenset({"flow.may_move_cases"})
LI = Who(id="acc_li", kind="official", department="civil_affairs", may=MAY)
WU = Who(id="acc_wu", kind="official", department="civil_affairs")
ZHAO = Who(id="acc_zhao", kind="official", department="public_security", may=MAY)
SHEN = Who(id="acc_shen", kind="citizen", subject_id="person_1")

pytestmark = pytest.mark.django_db


def send(key: str, **target: str) -> int:
    return actions.send(who=SYSTEM, title="Your turn: %(title)s", params={"title": "x"}, key=key, link="/desk/", **target)


def told(who: Who) -> list[int]:
    return [notice.id for notice in queries.list_notices(who=who).items]


def test_each_reads_what_is_for_them():
    one = send("a", to_account="acc_li")
    department = send("b", to_department="civil_affairs")
    holders = send("c", to_department="civil_affairs", to_permission="flow.may_move_cases")
    everywhere = send("d", to_permission="flow.may_move_cases")
    person = send("e", to_subject="person_1")
    assert told(LI) == [everywhere, holders, department, one]
    assert told(WU) == [department]
    assert told(ZHAO) == [everywhere]
    assert told(SHEN) == [person]


def test_the_same_key_is_one_notice():
    assert send("k", to_account="acc_li") == send("k", to_account="acc_li")
    assert models.Notice.objects.count() == 1


def test_unread_falls_as_they_are_read():
    ids = [send(f"k{n}", to_department="civil_affairs") for n in range(3)]
    assert (queries.unread_count(who=LI), queries.unread_count(who=WU)) == (3, 3)
    actions.read_notice(who=LI, notice_id=ids[1])
    actions.read_notice(who=LI, notice_id=ids[1])
    assert [notice.read for notice in queries.list_notices(who=LI).items] == [False, True, False]
    assert (queries.unread_count(who=LI), queries.unread_count(who=WU)) == (2, 3)
    actions.mark_read(who=LI)
    assert queries.unread_count(who=LI) == 0
    assert not models.Reading.objects.exists()
    send("later", to_account="acc_li")
    assert queries.unread_count(who=LI) == 1


def test_nobody_reads_or_marks_what_is_for_others():
    notice = send("a", to_account="acc_li")
    with pytest.raises(NotFound):
        actions.read_notice(who=ZHAO, notice_id=notice)
    with pytest.raises(NotFound):
        actions.read_notice(who=ZHAO, notice_id=2**70)
    with pytest.raises(Denied):
        actions.send(who=LI, title="x", key="y", to_account="acc_wu")


@pytest.mark.parametrize(
    "wrong",
    [
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/"},
        {"link": "/\\elsewhere.example/"},
        {"title": ""},
        {"key": ""},
        {"to_account": "a", "to_subject": "b"},
        {"to_account": None},
    ],
)
def test_what_is_no_notice_is_refused(wrong):
    with pytest.raises(Invalid):
        actions.send(**{"who": SYSTEM, "title": "t", "key": "k", "to_account": "acc_li"} | wrong)


def test_a_long_list_takes_pages_and_few_queries():
    models.Notice.objects.bulk_create(
        models.Notice(key=f"k{n}", audience="department:civil_affairs", title="t", at="2026-11-16T01:00:00Z") for n in range(70)
    )
    seen, cursor = [], None
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page = queries.list_notices(who=LI, cursor=cursor)
        assert len(caught) == 2
        seen += [notice.id for notice in page.items]
        cursor = page.next
    assert (len(seen), cursor) == (70, None)
    assert seen == sorted(seen, reverse=True)
    with pytest.raises(Invalid):
        queries.list_notices(who=LI, cursor="nonsense")


def test_page_and_api(prepared_city, settings):
    settings.HUNHE_DEMO = True
    account = identity.create_account(
        who=SYSTEM, username="li", password="correct horse battery", kind="official", department="civil_affairs", name="李"
    )
    notice = send("a", to_account=account.id)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    listed = client.get("/api/v1/notify/notices").json()
    assert [(item["id"], item["link"], item["read"]) for item in listed["items"]] == [(notice, "/desk/", False)]
    assert client.get("/api/v1/notify/unread").json() == {"unread": 1}
    assert client.get("/notices/").status_code == 200
    answer = client.post(f"/notices/{notice}/")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.get("/api/v1/notify/unread").json() == {"unread": 0}
    assert Client().get("/api/v1/notify/notices").status_code == 401
