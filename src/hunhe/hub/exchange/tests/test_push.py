"""Changes of a data set, from a department's batch to another department's receiver."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hunhe.hub.catalogue import actions as catalogue
from hunhe.hub.catalogue.shapes import Item, Resource
from hunhe.hub.collect.tests.places import csv_bytes, land, make_dataset, row
from hunhe.hub.exchange import actions, book, feeds, granting, models, queries, services, verification
from hunhe.hub.exchange.tests.people import official
from hunhe.hub.exchange.tests.receiver import Receiver, receiver
from hunhe.hub.exchange.tests.scene import SYSTEM, Scene
from hunhe.hub.exchange.tests.test_pages import signed_in
from hunhe.hub.themes.models import Withdrawal
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.events import models as event_models
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
INSURANCE = Who(
    id="acc_1", kind="official", department="health_insurance", may=frozenset({"exchange.may_apply", "exchange.may_see_grants"})
)
LABOUR = Who(
    id="acc_2",
    kind="official",
    department="human_resources",
    may=frozenset({"exchange.may_decide_grants", "exchange.may_see_grants"}),
)
STRANGER = Who(id="acc_3", kind="official", department="market_regulation", may=INSURANCE.may)
CHOICES = {"reg_no": "give", "name": "mask", "reg_date": "give", "id_number": "withhold"}


@dataclass
class Stage:
    """A data set of the labour bureau that the insurance bureau may have the changes of."""

    scene: Scene
    dataset: str
    grant: models.Grant
    folder: Path

    def bring(self, *rows: list[str]) -> None:
        """The next full batch, numbered and pushed as far as it goes."""
        land(self.dataset, self.folder, csv_bytes(rows))
        self.work()

    def work(self) -> None:
        events.run_due(who=SYSTEM)

    def subscribe(self, taker: Receiver, **changes: Any) -> str:
        said = {"grant_id": self.grant.id, "name": "待遇系统", "way": "webhook", "address": taker.address, **changes}
        new = actions.subscribe(who=INSURANCE, **said)
        taker.secret = new.secret
        return new.subscription.id

    def skip_waits(self) -> None:
        """As if the pauses between tries were over."""
        event_models.Job.objects.filter(state="waiting").update(run_at=clock.now())
        self.work()

    def seen(self, subscription: str) -> Any:
        return queries.subscription_by_id(who=INSURANCE, subscription_id=subscription)


@pytest.fixture
def stage(prepared_city: None, tmp_path: Path) -> Iterator[Stage]:
    book.forget()
    services.forget_services()
    dataset = make_dataset(load={"threshold": 0.5, "shrink": 0.01})
    code = "emp" + ids.new("r")[-6:]
    items = tuple(Item(name=name, title=name) for name in ("reg_no", "id_number", "name", "reg_date"))
    resource = Resource(
        code=code, name=code, department="human_resources", provider="人社局", abstract="就业登记", items=items,
        condition="有办件时", basis="《政务数据共享条例》", dataset=dataset, keys=("reg_no",),
    )  # fmt: skip
    catalogue.save_resource(who=SYSTEM, resource=resource)
    catalogue.register_resource(who=SYSTEM, code=code)
    catalogue.publish_resource(who=SYSTEM, code=code)
    made = identity.create_client(who=SYSTEM, name="待遇系统", department="health_insurance")
    scene = Scene(dataset, code, made.secret, made.client.id, "")
    land(dataset, tmp_path, csv_bytes([row(1), row(2), row(3)]))
    events.run_due(who=SYSTEM)
    feeds.begin_feed(dataset)
    yield Stage(scene, dataset, scene.grant(f"{code}.changes", columns=CHOICES, procedures=[]), tmp_path)
    book.forget()
    services.forget_services()


@pytest.fixture
def taker() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def test_changes_arrive_signed_numbered_masked_and_on_record(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    stage.bring(row(1), row(2, name="李四四"), row(4))
    assert taker.numbers == [1, 2, 3]
    kinds = sorted((event.get_type().rpartition(".")[2], (event.get_data() or {}).get("reg_no")) for event in taker.events)
    assert kinds == [("added", "JY00000004"), ("changed", "JY00000002"), ("removed", None)]
    changed = next(event for event in taker.events if event.get_type().endswith("changed"))
    assert changed.get_data() == {"reg_no": "JY00000002", "name": "李**", "reg_date": "2024-03-01"}
    now = stage.seen(subscription)
    assert (now.push, now.acknowledged, now.behind) == ("caught_up", 3, 0)
    call = models.Call.objects.get(client=subscription)
    assert (call.rows, call.given, call.masked) == (3, ["reg_no", "reg_date"], ["name"])
    assert audit.receipt(who=Who.anonymous(), entry_id=call.entry_id).leaf_hash == call.leaf_hash
    assert models.Meter.objects.get(grant=stage.grant).used == 1
    assert all(check.ok for check in (*verification.check_pushes(), *verification.check_calls()))


def test_a_batch_sent_twice_is_numbered_once(stage: Stage, taker: Receiver) -> None:
    stage.subscribe(taker)
    stage.bring(row(1), row(2), row(5))
    stage.bring(row(1), row(2), row(5))
    for version in range(2):
        feeds.publish_changes(event_job(stage, version))
    assert taker.numbers == [1, 2]
    assert models.Segment.objects.count() == 1


def event_job(stage: Stage, number: int) -> Any:
    made = events.enqueue_job(who=SYSTEM, kind=feeds.JOB, key=f"again:{number}", payload={"table": stage.dataset})
    return made


def test_nothing_lost_while_the_receiver_is_down(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    taker.answer = lambda: 503
    stage.bring(row(1), row(2), row(5))
    stage.bring(row(1), row(6))
    now = stage.seen(subscription)
    assert (now.push, now.acknowledged, taker.events) == ("retrying", 0, [])
    assert "503" in now.error
    assert now.next_try > clock.now()
    taker.answer = lambda: 200
    stage.skip_waits()
    assert taker.numbers == [1, 2, 3, 4, 5]
    assert {data["reg_no"] for data in taker.state().values()} == {"JY00000006"}
    day = queries.handovers_of(who=INSURANCE, subscription_id=subscription)[0]
    assert (day.acknowledged, day.agrees) == (5, None)
    assert models.Call.objects.filter(client=subscription).count() == 2


def test_a_dead_receiver_holds_nobody_else_up(stage: Stage, taker: Receiver) -> None:
    with receiver() as dead:
        lost = stage.subscribe(dead)
    living = stage.subscribe(taker)
    stage.bring(row(1), row(2), row(5))
    assert taker.numbers == [1, 2]
    assert stage.seen(living).push == "caught_up"
    assert (stage.seen(lost).push, stage.seen(lost).behind) == ("retrying", 2)


def test_changes_that_are_not_taken_can_be_put_aside(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    taker.answer = lambda: 400
    stage.bring(row(1), row(2), row(5))
    event_models.Job.objects.filter(kind="exchange.push", state="waiting").update(attempts=2)
    stage.skip_waits()
    assert stage.seen(subscription).push == "stuck"
    taker.answer = lambda: 200
    actions.set_changes_aside(who=INSURANCE, subscription_id=subscription)
    stage.bring(row(1), row(2), row(5), row(6))
    assert taker.numbers == [3]
    aside = queries.put_aside_of(who=INSURANCE, subscription_id=subscription)
    assert [(one.first, one.last, one.by) for one in aside] == [(1, 2, INSURANCE.id)]
    with pytest.raises(Conflict):
        actions.set_changes_aside(who=INSURANCE, subscription_id=subscription)


def test_a_stuck_receiver_is_tried_again_when_asked(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    taker.answer = lambda: 500
    stage.bring(row(1), row(5))
    event_models.Job.objects.filter(kind="exchange.push", state="waiting").update(attempts=1)
    stage.skip_waits()
    assert stage.seen(subscription).push == "stuck"
    taker.answer = lambda: 200
    actions.resume_subscription(who=INSURANCE, subscription_id=subscription)
    stage.work()
    assert (stage.seen(subscription).push, taker.numbers) == ("caught_up", [1, 2, 3])


def test_replay_from_any_point_under_the_same_names(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    stage.bring(row(1), row(2), row(5))
    before = [event.get_id() for event in taker.events]
    actions.replay_subscription(who=INSURANCE, subscription_id=subscription, after=1)
    stage.work()
    assert taker.numbers == [1, 2, 2]
    assert taker.events[2].get_id() == before[1]
    day = queries.handovers_of(who=INSURANCE, subscription_id=subscription)[0]
    assert day.repeated == 1
    with pytest.raises(Invalid):
        actions.replay_subscription(who=INSURANCE, subscription_id=subscription, after=99)


def test_the_receivers_own_count_is_compared(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    stage.bring(row(1), row(2), row(5))
    for count, agrees in ((2, True), (1, False)):
        actions.say_count(who=INSURANCE, subscription_id=subscription, day=granting.today(), count=count)
        assert queries.handovers_of(who=INSURANCE, subscription_id=subscription)[0].agrees is agrees


def test_a_revoked_grant_stops_in_the_middle(stage: Stage, taker: Receiver) -> None:
    """The provider revokes while the first of two batches is on its way: it arrives, the second never leaves."""
    subscription = stage.subscribe(taker)

    def revoke() -> int:
        if not taker.batches:
            actions.revoke_grant(who=SYSTEM, grant_id=stage.grant.id, reason="不再需要")
        return 200

    taker.answer = revoke
    stage.bring(row(1), *(row(serial) for serial in range(100, 800)))
    assert (len(taker.batches), len(taker.events)) == (1, 500)
    stage.bring(row(1))
    now = stage.seen(subscription)
    assert (now.push, len(taker.events)) == ("ended", 500)


def test_an_expired_and_a_suspended_grant_send_nothing(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    actions.suspend_grant(who=SYSTEM, grant_id=stage.grant.id, reason="核查")
    stage.bring(row(1), row(5))
    assert (stage.seen(subscription).push, taker.events) == ("ended", [])
    actions.resume_grant(who=SYSTEM, grant_id=stage.grant.id, reason="核查完毕")
    stage.work()
    assert taker.numbers == [1, 2, 3]
    models.Grant.objects.update(expires_on=granting.today() - timedelta(days=1))
    stage.bring(row(1), row(6))
    assert taker.numbers == [1, 2, 3]


def test_a_spent_quota_waits_for_the_next_day(stage: Stage, taker: Receiver) -> None:
    stage.grant.quota_per_day = 1
    stage.grant.save()
    subscription = stage.subscribe(taker)
    stage.bring(row(1), row(5))
    stage.bring(row(1), row(6))
    assert taker.numbers == [1, 2, 3]
    waiting = event_models.Job.objects.get(kind="exchange.push", state="waiting")
    assert waiting.run_at > clock.now()
    assert stage.seen(subscription).behind == 2


def test_a_paused_receiver_gets_all_of_it_later(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    actions.pause_subscription(who=INSURANCE, subscription_id=subscription)
    stage.bring(row(1), row(5))
    assert (stage.seen(subscription).push, taker.events) == ("paused", [])
    actions.resume_subscription(who=INSURANCE, subscription_id=subscription)
    stage.work()
    assert taker.numbers == [1, 2, 3]


def test_rows_that_leave_the_filter_are_removed_for_the_receiver(stage: Stage, taker: Receiver) -> None:
    models.Grant.objects.update(row_filter='reg_date >= "2024-01-01"')
    stage.subscribe(taker)
    stage.bring(row(1, reg_date="2020-01-01"), row(2), row(3), row(4, reg_date="2019-01-01"))
    stage.bring(row(1, reg_date="2024-05-01"), row(2), row(3), row(4, reg_date="2019-01-02"))
    assert [event.get_type().rpartition(".")[2] for event in taker.events] == ["removed", "added"]
    assert taker.events[0].get_subject() == taker.events[1].get_subject()


def test_two_grants_know_the_same_row_by_different_names(stage: Stage, taker: Receiver) -> None:
    other = stage.scene.grant(stage.grant.service, columns=CHOICES, procedures=[])
    assert feeds.record_name(stage.grant.id, "JY1") != feeds.record_name(other.id, "JY1")


def test_the_same_changes_are_pulled_by_number(stage: Stage) -> None:
    stage.bring(row(1), row(2, name="李四四"), row(5))
    service = f"{stage.scene.resource}.changes"
    status, answer = stage.scene.call(service, key=None, case=None, since=0, limit=2)
    assert (status, [one["sequence"] for one in answer["data"]["changes"]]) == (200, [1, 2])
    assert (answer["data"]["through"], answer["data"]["last"]) == (2, 3)
    answer = stage.scene.call(service, key=None, case=None, since=2)[1]
    assert [one["sequence"] for one in answer["data"]["changes"]] == [3]
    assert stage.scene.call(service, key=None, case=None, since=3)[1]["data"]["changes"] == []
    assert stage.scene.call(service, key=None, case=None, since=-1)[1]["code"] == "attributes"
    assert stage.scene.call(service, key=None, case=None, purpose="别的")[1]["code"] == "purpose"


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1/", "ftp://x/", "https://", "https://a@b/", "https://x:99999/", "http://127.0.0.1.evil/", "https://x/a b"],
)
def test_addresses_that_are_not_sent_to(stage: Stage, taker: Receiver, address: str) -> None:
    with pytest.raises(Invalid):
        stage.subscribe(taker, address=address)


def test_only_the_department_that_holds_the_grant(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    assert queries.subscription_by_id(who=LABOUR, subscription_id=subscription).id == subscription
    with pytest.raises(NotFound):
        queries.subscription_by_id(who=STRANGER, subscription_id=subscription)
    with pytest.raises(NotFound):
        actions.subscribe(who=STRANGER, grant_id=stage.grant.id, name="x", way="webhook", address=taker.address)
    with pytest.raises(NotFound):
        actions.replay_subscription(who=STRANGER, subscription_id=subscription, after=0)
    with pytest.raises(Denied):
        actions.pause_subscription(who=LABOUR, subscription_id=subscription)


def test_a_grant_of_another_kind_cannot_be_subscribed_to(stage: Stage, taker: Receiver) -> None:
    other = stage.scene.grant(f"{stage.scene.resource}.list", columns=CHOICES, procedures=[])
    with pytest.raises(Conflict):
        stage.subscribe(taker, grant_id=other.id)


def test_the_secret_is_kept_sealed(stage: Stage, taker: Receiver) -> None:
    subscription = stage.subscribe(taker)
    kept = models.Subscription.objects.get(id=subscription).secret
    assert taker.secret not in kept
    assert taker.secret.removeprefix("whsec_") not in kept


def test_the_pages_of_a_receiver(stage: Stage, taker: Receiver, settings: Any) -> None:
    settings.HUNHE_DEMO = True
    desk = signed_in(official("health_insurance", "applicant"))
    grant = f"/desk/exchange/grants/{stage.grant.id}/"
    assert f"{grant}receiver/" in desk.get(grant).content.decode()
    assert (
        "begins with https://"
        in desk.post(f"{grant}receiver/", {"name": "待遇系统", "address": "http://10.0.0.1/"}).content.decode()
    )
    added = desk.post(f"{grant}receiver/", {"name": "待遇系统", "address": taker.address}).content.decode()
    taker.secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", added)[0]
    found = models.Subscription.objects.get()
    page = f"/desk/exchange/receivers/{found.id}/"
    taker.answer = lambda: 503
    stage.bring(row(1), row(2), row(5))
    waiting = desk.get(page).content.decode()
    assert "The receiver answered with status 503" in waiting
    assert taker.secret not in waiting
    taker.answer = lambda: 204
    assert desk.post(f"{page}resume/").status_code == 302
    stage.work()
    assert "all confirmed" in desk.get("/desk/exchange/receivers/").content.decode()
    assert desk.post(f"{page}replay/", {"after": "0"}).status_code == 302
    stage.work()
    assert taker.numbers == [1, 2, 1, 2]
    assert desk.post(f"{page}nonsense/").status_code == 404
    assert signed_in(official("human_resources", "approver")).get(page).status_code == 200


def test_a_column_that_was_withdrawn_is_not_sent(stage: Stage, taker: Receiver) -> None:
    stage.subscribe(taker)
    Withdrawal.objects.create(id="wdr_x", table=stage.dataset, column="reg_date", reason="停止提供", by="a", at=clock.now())
    stage.bring(row(1), row(2), row(3), row(4))
    assert set(taker.events[-1].get_data()) == {"reg_no", "name"}
    Withdrawal.objects.update(lifted_at=clock.now())
    stage.bring(row(1), row(2), row(3), row(4), row(5))
    assert set(taker.events[-1].get_data()) == {"reg_no", "name", "reg_date"}
