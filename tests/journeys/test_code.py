"""The code in a real browser: register, real name, real person, show, scan on a terminal page, my data; and with the network cut."""

import gzip
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, Response, expect

from hunhe.hub.bases import queries as bases
from hunhe.hub.bases.shapes import Golden, GoldenField
from hunhe.hub.lake import actions as lake
from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who
from hunhe.wallet.code import actions, models
from hunhe.wallet.functions import content
from hunhe_sim.server import Register, make_server
from tests.journeys.conftest import ARGUMENTS, CHROMIUM, Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = Who.system("test")
LIN, NAME, NUMBER = "sub_lin", "林晚晴", "210103199004260426"
READY = "[data-code][data-state=ready]"
DECODE = """async (source) => {
  const { default: decodeQR } = await import(source);
  const svg = document.querySelector("[data-part=square]").cloneNode(true);
  svg.setAttribute("width", 570); svg.setAttribute("height", 570);
  const image = new Image();
  image.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(svg));
  await image.decode();
  const canvas = new OffscreenCanvas(690, 690), context = canvas.getContext("2d");
  context.fillStyle = "#fff"; context.fillRect(0, 0, 690, 690);
  context.drawImage(image, 60, 60, 570, 570);
  context.fillStyle = "#114756"; context.fillRect(345 - 58, 345 - 58, 116, 116);
  return decodeQR(context.getImageData(0, 0, 690, 690));
}"""


@pytest.fixture
def town(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The reference city with one person in its base, a counter that identifies, the police's simulator; the keeper's session."""
    settings.HUNHE_DEMO = True
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    content.forget()
    _serve_population()
    fields = {"name": NAME, "id_number": NUMBER}.items()
    golden = Golden(
        base="population",
        subject_id=LIN,
        status="normal",
        fields=tuple(GoldenField(name=name, title=name, value=value, source=None, reason="only") for name, value in fields),
        links=(),
    )
    monkeypatch.setattr(bases, "subject", lambda *, who, base, subject_id: golden)
    monkeypatch.setattr(bases, "own_subject", lambda *, who, subject_id: golden)
    police = make_server(Register(tmp_path, "key"), 0)
    threading.Thread(target=police.serve_forever, daemon=True).start()
    actions.set_connection(who=SYSTEM, name="liveness", location=f"http://127.0.0.1:{police.server_port}", secret="key")
    keeper = identity.create_account(
        who=SYSTEM,
        username="keeper",
        password="correct horse battery",
        kind="official",
        department="civil_affairs",
        name="关敏",
    )
    identity.appoint(who=SYSTEM, account_id=keeper.id, post="civil_affairs.applicant")
    actions.register_terminal(
        who=SYSTEM, department="civil_affairs", name="3 号窗口", function="identification", place="民政服务大厅"
    )
    yield session(keeper.id)
    police.shutdown()
    police.server_close()


def _serve_population() -> None:
    columns = {"subject_id": [LIN], "name": [NAME], "id_number": [NUMBER], "status": ["normal"]}
    lease = lake.begin(who=SYSTEM, table="base.population")
    version = lake.commit(who=SYSTEM, lease=lease, rows=pa.table(columns).to_reader(), seq=1, mode="overwrite")
    lake.release(who=SYSTEM, lease=lease)
    lake.publish_serving(who=SYSTEM, table="base.population", version=version.version, keys=("subject_id", "id_number"))


def session(account_id: str) -> str:
    client = Client()
    client.force_login(Account.objects.get(pk=account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def run_jobs() -> None:
    """In a thread of its own: Playwright's loop turns in this one."""

    def run() -> None:
        events.run_due(who=SYSTEM)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def sign_up(reader: Reader) -> Page:
    page = reader.open("/accounts/signup/")
    page.fill("[name=username]", "lin.wanqing")
    page.fill("[name=password1]", "correct horse battery")
    page.fill("[name=password2]", "correct horse battery")
    page.press("[name=password2]", "Enter")
    page.wait_for_url(lambda url: "/accounts/signup" not in url)
    return page


def real_name(reader: Reader) -> Page:
    page = sign_up(reader)
    reader.open("/code/")
    page.get_by_role("link", name="去实名").click()
    page.fill("[name=name]", NAME)
    page.fill("[name=id_number]", NUMBER)
    page.get_by_role("button", name="确认").click()
    page.wait_for_selector(READY)
    return page


def shown(page: Page) -> str:
    page.wait_for_selector(READY)
    return page.get_attribute("[data-part=square]", "data-text") or ""


def become_real_person(page: Page) -> None:
    page.get_by_role("link", name="实名认证").click()
    page.get_by_role("button", name="开始，约一分钟").click()
    run_jobs()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="打开公安页面").click()
    popup.value.get_by_role("button", name="是本人，通过").click()
    popup.value.get_by_text("核验通过").wait_for()
    popup.value.close()
    models.Liveness.objects.get()
    _follow_until_answered()
    expect(page.get_by_text("实人认证通过了。")).to_be_visible()


def _follow_until_answered() -> None:
    """The job that follows is due a second after the question was asked."""
    for _ in range(100):
        run_jobs()
        if models.Liveness.objects.filter(state="passed").exists():
            return
        threading.Event().wait(0.1)
    raise AssertionError("the police's answer was not fetched")


@pytest.mark.parametrize("width", [390, 1440])
def test_from_signing_up_to_my_data(reader: Callable[..., Reader], town: str, width: int) -> None:
    citizen = reader(width=width)
    page = real_name(citizen)
    assert citizen.overflow() == 0
    assert citizen.violations() == []
    desk = reader(width=width, session=town)
    terminal = desk.open("/desk/terminal/")
    scan(terminal, shown(page))
    expect(terminal.locator(".terminal-answer")).to_contain_text("这里要实人认证")
    become_real_person(page)
    assert citizen.violations() == []
    citizen.open("/code/")
    code = shown(page)
    scan(terminal, code)
    expect(terminal.locator(".is-passed")).to_be_visible()
    expect(terminal.locator(".terminal-answer")).to_contain_text("林**")
    assert (desk.overflow(), desk.violations()) == (0, [])
    scan(terminal, code)
    expect(terminal.locator(".terminal-answer")).to_contain_text("每码一次")
    assert desk.violations() == []
    uses = citizen.open("/uses/")
    expect(uses.get_by_text("民政服务大厅 3 号窗口").first).to_be_visible()
    expect(uses.locator(".use")).to_have_count(3)
    expect(uses.locator(".use.refused")).to_have_count(2)
    assert (citizen.overflow(), citizen.violations()) == (0, [])
    devices = citizen.open("/code/devices/")
    assert (citizen.overflow(), citizen.violations()) == (0, [])
    devices.get_by_role("button", name="丢了，移除…").click()
    devices.get_by_role("button", name="移除这台设备").click()
    citizen.open("/code/")
    scan(terminal, code)
    expect(terminal.locator(".is-refused")).to_be_visible()


def scan(terminal: Page, code: str) -> None:
    terminal.fill("#payload", code)
    with terminal.expect_response("**/api/v1/code/scan"):
        terminal.get_by_role("button", name="核对这个码").click()


def test_with_the_network_cut_the_code_goes_on(reader: Callable[..., Reader], town: str) -> None:
    citizen = reader(width=390)
    page = real_name(citizen)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.open('hunhe-code-page-1').then(pages => pages.match('/code/')).then(Boolean)")
    page.wait_for_function("caches.open('hunhe-code-files-1').then(files => files.keys()).then(keys => keys.length > 3)")
    before = shown(page)
    page.context.set_offline(True)
    page.goto(citizen.address + "/code/")
    offline = shown(page)
    assert offline != before
    expect(page.get_by_text("没有网络，先用离线码")).to_be_visible()
    expect(page.locator(".code-line.when-offline")).to_contain_text("还能用 23 小时")
    assert citizen.violations() == []
    page.locator("[data-code]").evaluate("element => { element.dataset.rotate = '1'; }")
    page.wait_for_function("old => document.querySelector('[data-part=square]').dataset.text !== old", arg=offline)
    rotated = shown(page)
    page.context.set_offline(False)
    desk = reader(session=town)
    terminal = desk.open("/desk/terminal/")
    scan(terminal, rotated)
    expect(terminal.locator(".terminal-answer")).to_contain_text("这里要实人认证")
    assert models.Scan.objects.get().code == "level", "signed offline, and still genuine"


def test_the_square_is_read_with_the_mark_in_its_middle(reader: Callable[..., Reader], town: str) -> None:
    """As a camera would: drawn with the mark over it, then decoded by the decoder of the terminal page."""
    page = real_name(reader(width=390))
    source = Path(__file__).parents[2] / "frontend" / "node_modules" / "qr" / "decode.js"
    page.context.route(
        "**/decode-for-test/*.js", lambda route: route.fulfill(path=source.parent / Path(route.request.url).name)
    )
    assert page.evaluate(DECODE, "/decode-for-test/decode.js") == shown(page)


def test_the_terminals_camera_reads_the_code_as_it_is_shown(
    browser: Browser, reader: Callable[..., Reader], town: str, tmp_path: Path
) -> None:
    """The phone's picture, mark and ring and all, is what a camera films; the keeper only turns the camera on."""
    account = identity.create_account(who=SYSTEM, username="lin", password="correct horse battery", kind="citizen")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=LIN, level=3)
    phone = reader(width=390, session=session(account.id))
    phone.open("/code/").wait_for_selector(READY)
    film = _filmed(phone.page.locator(".code-window").screenshot(), tmp_path)
    camera = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            *ARGUMENTS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    try:
        context = camera.new_context(viewport={"width": 1440, "height": 900})
        names = {"sessionid": town, "django_language": "zh-hans"}
        context.add_cookies([{"name": name, "value": value, "url": phone.address} for name, value in names.items()])
        terminal = context.new_page()
        terminal.goto(phone.address + "/desk/terminal/")
        terminal.get_by_role("button", name="打开摄像头").click()
        expect(terminal.locator("[data-terminal]")).to_have_attribute("data-camera", "on")
        expect(terminal.locator(".is-passed")).to_be_visible(timeout=20_000)
        expect(terminal.locator(".terminal-answer")).to_contain_text("林**")
        assert models.Scan.objects.get().outcome == "passed"
    finally:
        camera.close()


def _filmed(picture: bytes, folder: Path) -> Path:
    """A film of one frame, 1280 × 720, with the picture in its middle; the browser plays it in a loop."""
    with Image.open(io.BytesIO(picture)) as shown:
        scaled = shown.convert("RGB").resize((660, round(660 * shown.height / shown.width)))
    frame = Image.new("RGB", (1280, 720), "#8a8f92")
    frame.paste(scaled, ((1280 - scaled.width) // 2, (720 - scaled.height) // 2))
    path = folder / "camera.mjpeg"
    frame.save(path, format="JPEG", quality=92)
    return path


def test_elders_get_one_large_code(reader: Callable[..., Reader], town: str) -> None:
    account = identity.create_account(who=SYSTEM, username="zhao", password="correct horse battery", kind="citizen")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=LIN, level=2)
    elder = reader(width=390, elder=True, session=session(account.id))
    page = elder.open("/code/")
    page.wait_for_selector(READY)
    expect(page.locator("[data-function]")).to_have_count(0)
    expect(page.get_by_role("button", name="念")).to_be_visible()
    assert (elder.overflow(), elder.violations(), elder.complaints) == (0, [], [])


def test_the_first_load_stays_small(reader: Callable[..., Reader], town: str) -> None:
    """Everything a phone fetches before it shows its first code, as a gateway sends it: text packed, pictures and type as they are."""
    account = identity.create_account(who=SYSTEM, username="lin", password="correct horse battery", kind="citizen")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=LIN, level=2)
    phone = reader(width=390, session=session(account.id))
    fetched: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.request.method == "GET" and response.ok:
            body = response.body()
            packed = len(gzip.compress(body)) if "font" not in response.headers.get("content-type", "") else len(body)
            fetched[response.url.removeprefix(phone.address)] = packed

    phone.page.on("response", weigh)
    phone.open("/code/").wait_for_selector(READY)
    assert any("/code." in url for url in fetched), "nothing was weighed"
    assert sum(fetched.values()) <= 60_000, fetched
