"""A real browser for the journeys: Debian's Chromium through Playwright, axe-core from npm."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tools import frontend
from tools.pytest_city import lacking

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = frontend.FRONTEND / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser(built: None) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        lacking("browser", f"no Chromium at {CHROMIUM}")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread that also prepares the data
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Reader:
    """One person's browser: opens pages of the city, keeps what the console complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def violations(self) -> list[str]:
        """What axe-core finds wrong, one line per rule and element."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
        return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def reader(browser: Browser, live_server: object, request: pytest.FixtureRequest) -> Iterator[Callable[..., Reader]]:
    """`reader(width, language, elder, session)` gives a fresh browser window on the city."""
    address = str(live_server)
    contexts = []

    def make(width: int = 1440, language: str = "zh-hans", elder: bool = False, session: str = "") -> Reader:
        context = browser.new_context(viewport={"width": width, "height": 844 if width < 700 else 900}, reduced_motion="reduce")
        context.set_default_timeout(10_000)
        contexts.append(context)
        cookies = {"django_language": language, "hunhe_layout": "elder" if elder else "", "sessionid": session}
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items() if value])
        reading = Reader(context.new_page(), address)

        def complain(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                reading.complaints.append(message.text)

        reading.page.on("console", complain)
        reading.page.on("pageerror", lambda error: reading.complaints.append(str(error)))
        return reading

    yield make
    for context in contexts:
        context.close()
