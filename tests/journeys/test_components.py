"""The page of components in a real browser: accessible, unbroken on a phone and a desk, usable from the keyboard."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/developer/components/"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_components_have_no_violations(reader: Callable[..., Reader], width: int, language: str) -> None:
    reading = reader(width=width, language=language)
    reading.open(PAGE)
    assert reading.violations() == []
    assert reading.overflow() <= 0
    assert reading.complaints == []


def test_traditional_chinese_is_made_from_simplified(reader: Callable[..., Reader]) -> None:
    page = reader(language="zh-hant").open(PAGE)
    assert page.locator("html").get_attribute("lang") == "zh-hant"
    assert page.locator("h1").inner_text() == "組件"


def test_every_icon_is_in_the_sprite(reader: Callable[..., Reader]) -> None:
    page = reader().open(PAGE)
    empty = page.evaluate(
        """async () => {
          const uses = [...document.querySelectorAll("svg > use")].map(use => use.getAttribute("href"));
          const sprite = await (await fetch(uses[0].split("#")[0])).text();
          return [...new Set(uses.map(href => href.split("#")[1]))].filter(name => !sprite.includes(`id="${name}"`));
        }"""
    )
    assert empty == []


def test_dialog_opens_and_gives_focus_back(reader: Callable[..., Reader]) -> None:
    page = reader().open(PAGE)
    opener = page.locator("[data-open=refuse]")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("#refuse").evaluate("dialog => dialog.open")
    page.keyboard.press("Escape")
    assert not page.locator("#refuse").evaluate("dialog => dialog.open")
    assert opener.evaluate("button => button === document.activeElement")


def test_skip_link_is_the_first_stop(reader: Callable[..., Reader]) -> None:
    page = reader().open(PAGE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_language_switch_keeps_the_page(reader: Callable[..., Reader]) -> None:
    page = reader(language="en").open(PAGE)
    page.get_by_role("button", name="Language").click()
    page.get_by_role("button", name="简体中文").click()
    page.wait_for_load_state()
    assert page.url.endswith(PAGE)
    assert page.locator("h1").inner_text() == "组件"


def test_a_tile_turns_stale_by_itself(reader: Callable[..., Reader]) -> None:
    page = reader().open(PAGE)
    tile = page.locator("a.tile")
    assert "stale" not in (tile.get_attribute("class") or "")
    tile.evaluate("tile => { tile.dataset.fresh = '1'; document.dispatchEvent(new Event('htmx:afterSwap')); }")
    assert "stale" in (tile.get_attribute("class") or "")
