"""An elder's card on a phone and across four desks, in a real browser: guide, form, correction, decision, licence, rating, counter."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect

from hunhe.hub.lake import serving
from hunhe.kernel.city import actions as city
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.networks.service import actions as service
from hunhe.networks.service import models
from hunhe.networks.service.tests.test_counter_rating import done
from hunhe.networks.service.tests.town import (
    ANSWERS,
    CLERK,
    LI,
    PEOPLE,
    WANG,
    YOUNG,
    check_all,
    citizen,
    photo,
    run_jobs,
    serve_people,
    step,
)
from hunhe.stone.who import Who
from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SYSTEM = Who.system("test")
SHOTS = os.environ.get("HUNHE_SHOTS", "")


@pytest.fixture
def people(transactional_db: None, settings: Any) -> dict[str, str]:
    """Sessions by name: two elders, somebody too young, and the posts of the civil affairs bureau."""
    settings.HUNHE_DEMO = True
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    shutil.rmtree(django_settings.HUNHE_VAR.lake, ignore_errors=True)
    shutil.rmtree(django_settings.HUNHE_VAR.serving, ignore_errors=True)
    serving._kept.__dict__.clear()
    serve_people()
    found = {name: _citizen(name, subject) for name, subject in (("elder", LI), ("young", YOUNG))}
    posts = ("civil_affairs.clerk", "civil_affairs.examiner", "civil_affairs.decider", "data_bureau.reviewer")
    return found | {post.split(".")[1]: _official(post) for post in posts}


def _citizen(username: str, subject_id: str) -> str:
    name = PEOPLE[subject_id]["name"]
    account = identity.create_account(
        who=SYSTEM, username=username, password="correct horse battery", kind="citizen", name=name
    )
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=subject_id, level=2)
    return _session(account.id)


def _official(post: str) -> str:
    department, role = post.split(".")
    account = identity.create_account(
        who=SYSTEM, username=role, password="correct horse battery", kind="official", department=department, name=role
    )
    identity.appoint(who=SYSTEM, account_id=account.id, post=post)
    return _session(account.id)


def _session(account_id: str) -> str:
    client = Client()
    client.force_login(Account.objects.get(pk=account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


class Watch:
    """Looks at each page of the story: no violation, nothing too wide, nothing complained about."""

    def __init__(self, reading: Reader, name: str) -> None:
        self.reading, self.name, self.count = reading, name, 0

    def look(self, what: str) -> None:
        assert self.reading.violations() == [], what
        assert self.reading.overflow() <= 0, what
        assert [said for said in self.reading.complaints if "the server responded with" not in said] == [], what
        self.count += 1
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.reading.page.screenshot(path=f"{SHOTS}/{self.name}-{self.count:02d}-{what}.png", full_page=self.name != "desk")


def _upload(page: Page, label: str) -> None:
    page.locator("input[type=file]").first.set_input_files(
        {"name": f"{label}.png", "mimeType": "image/png", "buffer": photo().getvalue()}
    )


@pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
def test_an_elders_card(reader: Callable[..., Reader], people: dict[str, str], elder: bool) -> None:
    reading = reader(width=390, session=people["elder"], elder=elder)
    phone, page = Watch(reading, "elder" if elder else "phone"), reading.page
    reading.open("/service/")
    phone.look("items")
    page.get_by_role("link", name="老年人优待证").click()
    phone.look("guide")
    page.get_by_text("第一次办").click()
    page.wait_for_load_state("networkidle")
    page.get_by_text("户口在本市", exact=True).click()
    expect(page.get_by_text(re.compile("[你您]可以办"))).to_be_visible()
    phone.look("guide-answered")
    page.get_by_role("button", name="同意，替我填好").click()
    expect(page.locator("#lead")).to_contain_text("只差 2 项")
    phone.look("form")
    page.locator("#v-delivery-electronic").check()
    expect(page.locator("#lead")).to_contain_text("只差 1 项")
    expect(page.locator("#fill .gap-number.done")).to_have_count(1)
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)
    _upload(page, "照片")
    expect(page.locator("#lead")).to_contain_text("都齐了")
    phone.look("form-full")
    page.get_by_role("button", name="填好了，核对一遍").click()
    phone.look("review")
    page.get_by_role("button", name="核对好了，送审").click()
    expect(page.locator("h1")).to_have_text("办件进度")
    phone.look("case-sent")
    case_id = models.Application.objects.get().case_id
    _ask_for_a_better_photo(reader, people, case_id)
    run_jobs()
    reading.open(f"/cases/{case_id}/")
    expect(page.get_by_text("要补 1 样")).to_be_visible()
    phone.look("case-mend")
    _upload(page, "新照片")
    expect(page.locator("#wanting .thumb")).to_be_visible()
    phone.look("case-mended")
    page.get_by_role("button", name="补好了，送回去").click()
    expect(page.get_by_text(re.compile("不会再要[你您]补第二次"))).to_be_visible()
    _decide(reader, people, case_id)
    reading.open(f"/service/cases/{case_id}/")
    expect(page.get_by_text(re.compile("在[你您]的证照夹里"))).to_be_visible()
    phone.look("case-done")
    page.locator("#star-1").check()
    page.get_by_label("推来推去没人管").check()
    phone.look("rating")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text(re.compile("谢谢[你您]说实话，我们会打电话给[你您]。"))).to_be_visible()
    phone.look("case-rated")
    ratings = reader(width=1440, session=people["decider"])
    ratings.open("/desk/service/ratings/")
    Watch(ratings, "desk").look("ratings")
    assert ratings.page.get_by_role("link", name="等回访").count() == 1


def _ask_for_a_better_photo(reader: Callable[..., Reader], people: dict[str, str], case_id: str) -> None:
    reading = reader(width=1440, session=people["clerk"])
    watch, page = Watch(reading, "desk"), reading.page
    reading.open("/desk/service/")
    watch.look("inbox")
    page.locator("[data-walk] .list-item").first.click()
    watch.look("case")
    page.get_by_role("button", name="不符… 近期一寸免冠照片").click()
    page.get_by_label("申请人会看到这句话").last.fill("太暗，看不清五官")
    page.locator("dialog[open]").get_by_role("button", name="记下").click()
    expect(page.locator(".papers .attention")).to_contain_text("太暗，看不清五官")
    page.keyboard.press("b")
    expect(page.get_by_text("只能告知一次")).to_be_visible()
    watch.look("told-once")
    page.locator("dialog[open] .btn.primary").click()
    expect(page.locator("h1")).to_contain_text("补正")
    watch.look("waiting")


def _decide(reader: Callable[..., Reader], people: dict[str, str], case_id: str) -> None:
    def desk(post: str) -> Reader:
        reading = reader(width=1440, session=people[post])
        reading.open(f"/desk/service/cases/{case_id}/")
        return reading

    clerk = desk("clerk")
    ticks = clerk.page.get_by_role("button", name="相符")
    for left in range(ticks.count(), 0, -1):
        ticks.first.click()
        expect(ticks).to_have_count(left - 1)
    clerk.page.keyboard.press("a")
    expect(clerk.page.locator("h1")).to_contain_text("审查")
    examiner = desk("examiner")
    Watch(examiner, "desk").look("review")
    examiner.page.keyboard.press("a")
    examiner.page.get_by_role("textbox", name="审查意见").fill("年满 60 周岁，户籍在本市，材料齐全")
    examiner.page.locator("dialog[open] .btn.primary").click()
    expect(examiner.page.locator("h1")).to_contain_text("决定")
    decider = desk("decider")
    Watch(decider, "desk").look("decide")
    expect(decider.page.get_by_text("年满 60 周岁，户籍在本市，材料齐全")).to_be_visible()
    decider.page.get_by_role("button", name="不予办理…").click()
    expect(decider.page.get_by_text("行政复议")).to_be_visible()
    decider.page.locator("dialog[open]").get_by_role("button", name="现在不行").click()
    decider.page.keyboard.press("a")
    expect(decider.page.locator("h1")).to_contain_text("制证")
    clerk = desk("clerk")
    clerk.page.keyboard.press("a")
    expect(clerk.page.get_by_text("上一步正在执行")).to_be_visible()
    run_jobs()
    clerk = desk("clerk")
    clerk.page.keyboard.press("a")
    clerk.page.get_by_role("textbox", name="送达方式").fill("电子证照已进证照夹")
    clerk.page.locator("dialog[open] .btn.primary").click()
    expect(clerk.page.locator("h1")).to_contain_text("办结")
    run_jobs()


def test_a_newcomer_comes_from_the_front_page_to_a_form_kept_for_later(
    reader: Callable[..., Reader], people: dict[str, str]
) -> None:
    reading = reader(width=390)
    phone, page = Watch(reading, "newcomer"), reading.page
    reading.open("/")
    page.get_by_role("link", name="办事", exact=True).first.click()
    page.get_by_role("link", name="老年人优待证").click()
    page.get_by_text("第一次办").click()
    page.wait_for_load_state("networkidle")
    page.get_by_text("户口在本市", exact=True).click()
    page.get_by_role("link", name="登录办理").click()
    page.get_by_role("link", name="注册账号").click()
    page.fill("[name=username]", "wang.xiuying")
    page.fill("[name=password1]", "correct horse battery")
    page.fill("[name=password2]", "correct horse battery")
    page.get_by_role("button", name="注册").click()
    page.get_by_role("link", name="先完成实名").click()
    page.fill("[name=name]", PEOPLE[WANG]["name"])
    page.fill("[name=id_number]", PEOPLE[WANG]["id_number"])
    phone.look("real-name")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("你可以办")).to_be_visible()
    phone.look("may-begin")
    page.get_by_role("button", name="同意，替我填好").click()
    expect(page.locator("#lead")).to_contain_text("只差 2 项")
    reading.open("/")
    expect(page.get_by_text("有 1 件要你办")).to_be_visible()
    phone.look("front")
    page.get_by_role("link", name="老年人优待证").click()
    expect(page.locator("#lead")).to_contain_text("只差 2 项")


@pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
def test_a_line_of_ones_own_record_is_questioned(reader: Callable[..., Reader], people: dict[str, str], elder: bool) -> None:
    reading = reader(width=390, session=people["elder"], elder=elder)
    watch, page = Watch(reading, "record-elder" if elder else "record"), reading.page
    reading.open("/mydata/")
    page.get_by_role("link", name="登记的我对不对").click()
    watch.look("record")
    page.get_by_role("button", name="这条不对 民族").click()
    page.locator("dialog[open] textarea").fill("户口本上是满族")
    watch.look("asked")
    page.locator("dialog[open]").get_by_role("button", name="转给来源部门").click()
    expect(page.locator(".own-field.asked")).to_have_count(1)
    watch.look("sent")
    page.locator(".own-field.asked .ask").click()
    expect(page.locator("h1")).to_have_text("办件进度")
    watch.look("case")


def test_too_young_is_told_before_anything_is_filled_in(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    reading = reader(width=390, session=people["young"])
    reading.open("/service/items/elder_card/?occasion=first&residence=registered")
    expect(reading.page.get_by_text("现在还不能办")).to_be_visible()
    expect(reading.page.get_by_text("2040年6月15日")).to_be_visible()
    assert reading.page.get_by_role("button", name="同意，替我填好").count() == 0
    Watch(reading, "phone").look("too-young")


def test_somebody_without_a_phone(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    reading = reader(width=1440, session=people["clerk"])
    watch, page = Watch(reading, "desk"), reading.page
    reading.open("/desk/service/counter/")
    watch.look("counter")
    page.get_by_role("link", name="老年人优待证").click()
    page.get_by_label("姓名").fill(PEOPLE[WANG]["name"])
    page.get_by_label("身份证号").fill(PEOPLE[WANG]["id_number"])
    page.get_by_text("第一次办").click()
    page.get_by_text("户口在本市", exact=True).click()
    page.get_by_text("问过了，本人口头同意").click()
    watch.look("counter-who")
    page.get_by_role("button", name="调取信息").click()
    expect(page.locator("h1")).to_contain_text(PEOPLE[WANG]["name"])
    watch.look("counter-sheet")
    page.get_by_label("到窗口取卡").check()
    page.get_by_label("近期一寸免冠照片").check()
    page.get_by_role("button", name="收件，打印回执").click()
    expect(page.locator(".paper .number")).to_be_visible()
    watch.look("receipt")
    assert models.Application.objects.get().channel == "counter"


def test_the_register_is_wrong_and_the_decision_takes_longer(reader: Callable[..., Reader], people: dict[str, str]) -> None:
    draft = service.start_draft(who=citizen(LI), item="elder_card", answers=ANSWERS, prefill=True)
    service.save_draft(who=citizen(LI), draft_id=draft.id, values={"delivery": "electronic"})
    service.attach_file(who=citizen(LI), draft_id=draft.id, material="photo", name="照片.png", stream=photo())
    reading = reader(width=390, session=people["elder"])
    phone, page = Watch(reading, "wrong"), reading.page
    reading.open(f"/service/drafts/{draft.id}/")
    page.get_by_role("link", name="不对？ 民族").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_text("登记的是：汉族")).to_be_visible()
    phone.look("dialog")
    dialog.get_by_label("应该是").fill("满族")
    dialog.get_by_role("button", name="告诉他们，接着办").click()
    expect(page.get_by_text("已请更正")).to_be_visible()
    expect(page.locator("#lead")).to_contain_text("只差 1 项")
    phone.look("form")
    page.locator("input[type=file]").last.set_input_files(
        {"name": "户口本.png", "mimeType": "image/png", "buffer": photo().getvalue()}
    )
    expect(page.locator("#lead")).to_contain_text("都齐了")
    sent = service.submit_draft(who=citizen(LI), draft_id=draft.id)
    check_all(CLERK, sent)
    step(CLERK, sent, "accept")
    _take_longer(reader, people, sent.case_id)
    reading.open(f"/service/cases/{sent.case_id}/")
    expect(page.get_by_text("决定期限延长了")).to_be_visible()
    phone.look("case")


def _take_longer(reader: Callable[..., Reader], people: dict[str, str], case_id: str) -> None:
    for post, act in (("examiner", "ask"), ("decider", "approve")):
        reading = reader(width=1440, session=people[post])
        watch, page = Watch(reading, "desk"), reading.page
        reading.open(f"/desk/service/cases/{case_id}/")
        watch.look(f"more-{post}")
        if act == "ask":
            page.keyboard.press("m")
            page.locator("dialog[open] textarea").fill("民族登记正在更正，等公安回复")
            watch.look("more-dialog")
            page.locator("dialog[open] .btn.primary").click()
            expect(page.locator(".said.warning")).to_contain_text("等公安回复")
        else:
            page.get_by_role("button", name="同意延长 10 个工作日").click()
            expect(page.get_by_text("已经延长一次")).to_be_visible()
        watch.look(f"more-{act}")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_screen_handed_over(reader: Callable[..., Reader], people: dict[str, str], width: int) -> None:
    application = done()
    reading = reader(width=width, session=people["clerk"])
    watch, page = Watch(reading, f"handed{width}"), reading.page
    reading.open(f"/desk/service/cases/{application.case_id}/")
    page.get_by_role("link", name="把屏幕交给申请人评价").click()
    expect(page.get_by_text("您看我们办得怎么样？")).to_be_visible()
    watch.look("asked")
    page.locator("#star-2").check()
    watch.look("chosen")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("请您把屏幕还给工作人员")).to_be_visible()
    watch.look("thanks")
