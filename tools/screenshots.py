"""Pictures for the README from a running demo: `python -m tools.screenshots ADDRESS LOGINS [--out docs/images] [NAME …]`.

LOGINS is the demo folder's `logins.json` (post, `citizen`, `elder` or `holder` → username and password). Each shot names who looks,
the page, the window, and what is pressed first. Nothing is shown but what they may see; the demo's data is generated and says so.
"""

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE, DESK, WALL = (390, 844), (1440, 900), (1920, 1080)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. follow: what to press first, one after the other, as CSS selectors. whole: beyond the window's foot too."""

    name: str
    post: str
    path: str
    window: tuple[int, int] = DESK
    follow: tuple[str, ...] = ()
    elder: bool = False
    whole: bool = False


README = ("code", "form", "uses", "dispatch", "licence-check", "desk", "batch", "grant", "cockpit")
"""The pictures that the READMEs show; without names, only these are taken."""

TO_THE_FORM = ("label:has(#q-occasion-first)", "label:has(#q-residence-registered)", "#guide-act .btn.primary")
SHOTS = (
    Shot("home", "", "/", PHONE),
    Shot("home-citizen", "citizen", "/", PHONE),
    Shot("elder", "elder", "/", PHONE, elder=True),
    Shot("uses", "citizen", "/uses/", PHONE),
    Shot("cases", "citizen", "/cases/", PHONE),
    Shot("code", "citizen", "/code/", PHONE),
    Shot("form", "elder", "/service/items/elder_card/", PHONE, follow=TO_THE_FORM),
    Shot("dispatch", "urban_management.dispatcher", "/desk/dispatch/"),
    Shot("terminal", "civil_affairs.applicant", "/desk/terminal/"),
    Shot("functions", "public_security.approver", "/desk/functions/"),
    Shot("today", "human_resources.steward", "/desk/"),
    Shot("desk", "civil_affairs.clerk", "/desk/service/", follow=(".side a.list-item",)),
    Shot("inbox", "human_resources.approver", "/desk/cases/"),
    Shot("grant", "public_security.approver", "/desk/exchange/", follow=("main a[href*='/desk/exchange/requests/']",)),
    Shot("sharing", "data_bureau.reviewer", "/desk/exchange/"),
    Shot("calls", "data_bureau.reviewer", "/desk/exchange/calls/"),
    Shot("batches", "human_resources.steward", "/desk/batches/"),
    Shot("batch", "public_security.steward", "/desk/batches/", follow=("main a[href*='/batches/bat_']",)),
    Shot("warnings", "ecology_environment.clerk", "/desk/warnings/"),
    Shot("air", "", "/air/", PHONE),
    Shot("jobs", "data_bureau.administrator", "/desk/jobs/"),
    Shot("licence-check", "holder", "/verify/{code}/", PHONE),
    Shot("licences", "civil_affairs.licence_keeper", "/desk/licences/"),
    Shot("licence", "civil_affairs.licence_keeper", "/desk/licences/", follow=("main a[href*='/licences/licence_']",)),
    Shot("cockpit", "data_bureau.leader", "/cockpit/", WALL),
    Shot("cockpit-list", "data_bureau.leader", "/cockpit/indicators/collect.rows_loaded_today/", WALL),
    Shot("components", "", "/developer/components/", whole=True),
)


def _sign_in(context: BrowserContext, address: str, login: dict[str, str]) -> None:
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", login["username"])
    page.fill("[name=password]", login["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.close()


def _code_of_a_licence(context: BrowserContext, address: str) -> str:
    """What the QR of the signed-in person's first licence says."""
    code: str = context.request.get(f"{address}/api/v1/licence/mine").json()["items"][0]["code"]
    return code


def _settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")


def take(browser: Browser, address: str, logins: dict[str, dict[str, str]], shot: Shot, out: Path) -> Path | None:
    """Take one picture; None where nobody of that post has a login."""
    if shot.post and shot.post not in logins:
        return None
    width, height = shot.window
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1.5 if width < 700 else 1,
        reduced_motion="reduce",
        locale="zh-CN",
    )
    context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": address}])
    if shot.elder:
        context.add_cookies([{"name": "hunhe_layout", "value": "elder", "url": address}])
    if shot.post:
        _sign_in(context, address, logins[shot.post])
    page = context.new_page()
    page.goto(address + (shot.path.format(code=_code_of_a_licence(context, address)) if "{code}" in shot.path else shot.path))
    for selector in shot.follow:
        _settled(page)
        page.locator(selector).first.click()
    _settled(page)
    path = out / f"{shot.name}.webp"
    _make_small(page.screenshot(full_page=shot.whole), path)
    context.close()
    return path


def _make_small(picture: bytes, path: Path) -> None:
    """A palette of 256 colours in lossless WebP: a quarter of the bytes, and no difference to see on flat pages."""
    with Image.open(BytesIO(picture)) as taken:
        small = taken.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.convert("RGB").save(path, "WEBP", lossless=True, quality=100, method=6)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("address", help="of the running demo, http://127.0.0.1:PORT")
    parser.add_argument("logins", type=Path, help="the demo folder's logins.json")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "images")
    parser.add_argument("names", nargs="*", help="these pictures instead of the README's")
    chosen = parser.parse_intermixed_args(arguments)
    logins: dict[str, dict[str, str]] = json.loads(chosen.logins.read_text())
    chosen.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in SHOTS:
            if shot.name in (chosen.names or README):
                path = take(browser, chosen.address.rstrip("/"), logins, shot, chosen.out)
                print(path or f"{shot.name}: nobody signs in as {shot.post}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
