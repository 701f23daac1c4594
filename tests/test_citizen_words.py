"""Every page a citizen can reach speaks one language at a time: nothing English left in Chinese, nothing Chinese left in English.

Chinese that belongs on an English page is content: names of departments, procedures, laws, as the city's files have them.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from conftest import PASSWORD
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.kernel.identity.models import Account
from hunhe.stone.who import Who
from hunhe.ui import pages
from hunhe.wallet.mydata import actions as mydata

SYSTEM = Who.system("test")
CITIES = Path(__file__).resolve().parents[1] / "cities"
CHINESE = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff\u3001\u3002\uff0c\uff1a\uff1b\uff08\uff09\u201c\u201d\d]*")
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+(?: [A-Za-z][a-z]+){2,}")
LABEL = re.compile(r"\bstate\.[a-z_]+\.[a-z_]+|%\([a-z_]+\)|\{\{|\{%")
OWN_WORDS = "林晚晴 搬走了 低保"
MOST_PAGES = 80
ELSEWHERE = ("/desk", "/cockpit", "/developer", "/api", "/files", "/accounts/logout", "/static", "/audit")


class Text(HTMLParser):
    """Visible words and links of a page; what carries a language of its own, or is code, is left out."""

    SILENT = ("script", "style", "svg", "code", "pre")
    VOID = ("meta", "link", "input", "br", "hr", "img", "source", "wbr")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._silent: list[bool] = [False]
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        self.words += [str(given[name]) for name in ("aria-label", "placeholder", "title", "alt") if given.get(name)]
        if tag not in self.VOID:
            mono = "mono" in str(given.get("class", ""))
            self._silent.append(self._silent[-1] or tag in self.SILENT or mono or (tag != "html" and "lang" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and len(self._silent) > 1:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent[-1]:
            self.words.append(" ".join(data.split()))


@pytest.fixture
def citizen(prepared_city: None) -> Client:
    """Somebody who has done a little of everything: their pages are not empty."""
    account = identity.create_account(who=SYSTEM, username="lin", password=PASSWORD, kind="citizen", name="林晚晴")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id="per_lin", level=2)
    who = accounts.who_by_account_id(who=SYSTEM, account_id=account.id)
    kept = consent.give_consent(who=who, kind="service.prefill", recipient="civil_affairs")
    gone = consent.give_consent(who=who, kind="code.show_name")
    consent.withdraw_consent(who=who, consent_id=gone.id)
    facts = {"kind": "低保", "explanation": "搬走了"}
    opening: dict[str, Any] = {
        "procedure": "subsidy_application",
        "department": None,
        "origin": "subject",
        "title": "困难群众补贴申领",
        "key": "a",
    }
    flow.open_case(who=who, facts=facts, subject_id="per_lin", **opening)
    mydata.ask_erasure(who=who, subject_id="per_lin", rooms=["consent"], key="a", explanation="搬走了")
    events.run_due(who=SYSTEM)
    assert kept.stands
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _reached(client: Client, language: str) -> Iterator[tuple[str, str]]:
    """Every registered citizen page, and what its links lead to; with the page's text as HTML."""
    client.cookies["django_language"] = language
    waiting = [reverse(page.url_name) for page in pages.registered() if page.skin == "citizen"]
    waiting += ["/mydata/copy/", "/mydata/erase/", "/mydata/erase/?again=1", "/consents/ask/service.prefill/", "/account/"]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, follow=True)
        if answer.status_code >= 500:
            pytest.fail(f"{path} answers {answer.status_code}")
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        html = answer.content.decode()
        yield path, html
        waiting += [link.split("#")[0] for link in Text(html).links if link.startswith("/") and not link.startswith(ELSEWHERE)]


@pytest.mark.django_db
def test_chinese_pages_hold_no_english_and_no_keys(citizen: Client, built: None) -> None:
    faults = []
    for path, html in _reached(citizen, "zh-hans"):
        for words in Text(html).words:
            faults += [f"{path}: {found.group()}" for found in (*ENGLISH.finditer(words), *LABEL.finditer(words))]
    assert faults == []


@pytest.mark.django_db
def test_english_pages_hold_chinese_only_from_the_citys_content(citizen: Client, built: None) -> None:
    content = OWN_WORDS + "".join(
        path.read_text(encoding="utf-8") for path in sorted(CITIES.rglob("*")) if path.suffix in (".toml", ".csv", ".json")
    )
    names = "".join(name for _, name in settings.LANGUAGES)
    faults = []
    for path, html in _reached(citizen, "en"):
        for words in Text(html).words:
            pieces = [piece for word in CHINESE.findall(words) for piece in word.split("；") if piece]
            faults += [f"{path}: {piece}" for piece in pieces if piece not in content and piece not in names]
            faults += [f"{path}: {found.group()}" for found in LABEL.finditer(words)]
    assert faults == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_has_its_elder_layout(citizen: Client, built: None, language: str) -> None:
    citizen.cookies["hunhe_layout"] = "elder"
    usual = [
        path
        for path, html in _reached(citizen, language)
        if 'data-layout="elder"' not in html and 'data-skin="citizen"' in html
    ]
    assert usual == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_elders_are_addressed_politely_and_only_they(citizen: Client, built: None, language: str) -> None:
    def plain(html: str) -> list[str]:
        return [words for words in Text(html).words if re.search("你(?!们|們)", words)]

    assert any(plain(html) for _, html in _reached(citizen, language)), "the usual layout says 你"
    citizen.cookies["hunhe_layout"] = "elder"
    assert [(path, plain(html)) for path, html in _reached(citizen, language) if plain(html)] == []
    citizen.cookies["hunhe_layout"] = ""
    assert any(plain(html) for _, html in _reached(citizen, language)), "the thread speaks as before"
