"""The whole city day as a user starts it: twice on one folder, in a city nobody prepared for, and verified at the end."""

import contextlib
import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page

from hunhe.house.supervisor import free_port
from hunhe_sim.day.citizens import REAL_NAME
from hunhe_sim.day.play import STEPS
from hunhe_sim.day.visitor import Visitor

PEOPLE = 400
GROWS = re.compile(
    r"^(audit_|axes_|django_session|identity_session|sqlite_sequence|exchange_(call|use|meter|failure|overreach)"
    r"|code_(scan|moment)|licence_(verification|meter)|telemetry_|indicators_|events_(event|delivery)|notify_)"
)
"""Tables in which a second day leaves more: sessions, calls, scans, checks of licences, readings, the record of all that, and what was said about it."""
CHANGES = {
    ("collect_batch", "times_sent"),
    ("collect_connection", "location"),  # the outside world listens elsewhere each time it is started
    ("collect_connection", "secret"),
    ("collect_connection", "set_at"),
    ("code_connection", "location"),
    ("code_connection", "secret"),
    ("code_connection", "set_at"),
    ("code_device", "renewed_at"),
    ("functions_switch", "at"),
    ("identity_account", "last_login"),
    ("exchange_grant", "overreach"),
}
"""Columns that count the repetitions themselves, or say when and from where somebody last came."""
STAY = ("people", "firms", "subjects", "batches", "grants", "active_versions", "versions")
GROW = ("sessions", "calls", "entries")
RELIABLE = pytest.mark.timeout(900)
OF_A_KIND = 3
OFFICES = ("/desk/", "/cockpit/", "/developer/")
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(link => link.getAttribute('href').split('#')[0])"
TOO_WIDE = """[document.documentElement, ...document.querySelectorAll('.table-wrap')]
  .filter(part => part.scrollWidth > part.clientWidth + 1)
  .map(part => `${part.scrollWidth - part.clientWidth} px too wide: ${part.getAttribute('aria-label') || 'the page'}`)"""


def hunhe(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("HUNHE_VAR", "HUNHE_KEYS", "HUNHE_DATABASE")}
    ended = subprocess.run(
        [sys.executable, "-m", "hunhe.cli", *map(str, arguments)],
        env=kept,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended


def play_day(folder: Path, name: str, *more: str | Path) -> dict[str, int]:
    """The city's counts after a day that held in every step."""
    report = folder / f"{name}.json"
    hunhe("demo", "--once", "--people", str(PEOPLE), "--var", folder / "var", "--json", report, *more)
    day = json.loads(report.read_text())
    steps = {step["id"]: step for step in day["steps"]}
    assert tuple(steps) == STEPS
    assert [step["detail"] for step in steps.values() if not step["ok"]] == []
    counts: dict[str, int] = day["counts"]
    assert set(counts) == {*STAY, *GROW}
    return counts


@contextlib.contextmanager
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(folder / "var" / "hunhe.sqlite")) as connection:
        yield connection


def lasting(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a second day must find as the first left it: ids, states, versions, digests, dates and all."""
    found = {}
    with database(folder) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            if not GROWS.match(table):
                columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
                chosen = ", ".join(f'"{column}"' for column in columns if (table, column) not in CHANGES)
                found[table] = sorted(connection.execute(f'SELECT {chosen} FROM "{table}"').fetchall(), key=repr)
    return found


@pytest.mark.slow
@RELIABLE
def test_a_day_and_the_same_day_again(tmp_path: Path) -> None:
    first = play_day(tmp_path, "first")
    before = lasting(tmp_path)
    rows = {"batches": "collect_batch", "grants": "exchange_grant", "active_versions": "lake_table", "versions": "lake_version"}
    assert {name: first[name] for name in rows} == {name: len(before[table]) for name, table in rows.items()}
    assert first["grants"] >= 3
    assert first["active_versions"] >= 8
    assert first["subjects"] > PEOPLE
    second = play_day(tmp_path, "second")
    after = lasting(tmp_path)
    assert {table for table in before if before[table] != after.get(table)} == set()
    assert {name: second[name] for name in STAY} == {name: first[name] for name in STAY}
    assert {name for name in GROW if second[name] > first[name]} == set(GROW)
    assert "FAIL" not in hunhe("verify", "--var", tmp_path / "var").stdout


@dataclass(frozen=True)
class Living:
    """A demo city that runs: where, who may enter, and what it said when it was ready."""

    address: str
    logins: dict[str, dict[str, str]]
    said: list[str]


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    port, var = free_port(), tmp_path_factory.mktemp("living") / "var"
    kept = {name: value for name, value in os.environ.items() if name not in ("HUNHE_VAR", "HUNHE_KEYS", "HUNHE_DATABASE")}
    command = [sys.executable, "-m", "hunhe.cli", "demo", "--people", str(PEOPLE), "--var", str(var), "--port", str(port)]
    with subprocess.Popen(command, env=kept, stderr=subprocess.PIPE, text=True) as demo:
        try:
            said = list(takewhile(lambda line: "Ctrl-C" not in line, demo.stderr or ()))
            yield Living(f"http://127.0.0.1:{port}", json.loads((var / "logins.json").read_text()), said)
        finally:
            demo.terminate()
        assert demo.wait(60) == 0


@pytest.mark.slow
@RELIABLE
def test_a_living_demo_lets_every_visitor_in(living: Living) -> None:
    """The logins it prints open the city: a citizen in the middle of things, an elder who may still apply, and each post."""
    for name, login in living.logins.items():
        line = next(line for line in living.said if line.split()[:2] == [login["username"], login["password"]])
        assert len(line.split()) > 2, f"{name}: nothing says who this is"
    assert list(living.logins)[:3] == ["citizen", "elder", "holder"]
    _look_around(living.address, living.logins)


def _look_around(base: str, logins: dict[str, dict[str, str]]) -> None:
    for name, path in (("citizen", "/cases/"), ("elder", "/service/"), ("data_bureau.leader", "/cockpit/")):
        with Visitor(base) as visitor:
            visitor.log_in(logins[name]["username"], logins[name]["password"])
            visitor.page(path)
            if name in ("citizen", "elder"):
                assert visitor.get("/api/v1/identity/me")["level"] >= REAL_NAME
                held = visitor.get("/api/v1/flow/cases")["items"]
                assert bool(held) == (name == "citizen")


@pytest.mark.slow
@pytest.mark.browser
@RELIABLE
def test_no_page_of_an_office_scrolls_sideways_on_a_phone(living: Living, browser: Browser) -> None:
    """In a city in which a day has passed: what each post can reach from its own navigation, at most three pages of a kind."""
    seen: Counter[str] = Counter()
    wide = []
    posts = {name.partition(".")[2]: name for name in living.logins if "." in name}
    for post in posts.values():
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        _sign_in(page, living, post)
        for path in _reachable(page, living.address, seen):
            wide += [f"{post} {path}: {what}" for what in page.evaluate(TOO_WIDE)]
        context.close()
    assert wide == []
    assert {kind.partition(":")[0] for kind in seen} >= {
        "desk",
        "cockpit",
        "developer",
        "collect",
        "bases",
        "exchange",
        "audit",
    }


def _sign_in(page: Page, living: Living, post: str) -> None:
    page.goto(living.address + "/accounts/login/")
    page.fill("[name=login]", living.logins[post]["username"])
    page.fill("[name=password]", living.logins[post]["password"])
    page.locator("main .btn.primary").click()
    page.wait_for_url(lambda url: "login" not in url)


def _reachable(page: Page, address: str, seen: Counter[str]) -> Iterator[str]:
    """Opens page after page, breadth first; `seen` counts the pages of a kind over all visitors."""
    waiting, known = deque(OFFICES), set()
    while waiting:
        path = waiting.popleft()
        kind = resolve(path.partition("?")[0]).view_name
        if path in known or (seen[kind] >= OF_A_KIND and path not in OFFICES):
            continue
        known.add(path)
        answer = page.goto(address + path)
        if answer is None or answer.status >= 400:
            continue
        seen[kind] += 1
        yield path
        waiting.extend(href for href in page.evaluate(LINKS) if href.startswith(OFFICES))


@pytest.mark.slow
@RELIABLE
def test_a_day_in_a_city_that_nobody_prepared_for(tmp_path: Path) -> None:
    """Other codes, other names, other counts, children before parents, a district without streets, no community anywhere."""
    rows = [["y9", "province", "云梦省", ""], ["970000", "city", "白鹭市", "y9"]]
    for number, name in enumerate("东南西北中"):
        rows.append([f"{number}B", "district", f"{name}渡区", "970000"])
        rows += [[f"{number}B{street:03}", "street", f"第{street}街道", f"{number}B"] for street in range(number)]
    with (tmp_path / "divisions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["code", "level", "name", "parent_code"], *reversed(rows)])
    city = tmp_path / "bailu"
    founded = json.loads(
        hunhe("city", "new", "--divisions", tmp_path / "divisions.csv", "--name", "白鹭市", "--city", city).stdout
    )
    assert founded["divisions"] == 17  # 2 + 5 + 10
    assert "no doubt" in hunhe("city", "check", "--city", city).stdout
    play_day(tmp_path, "first", "--city", city)
    with database(tmp_path) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM places_division WHERE level = 'district' ORDER BY code")
        ]
    assert names == ["东渡区", "南渡区", "西渡区", "北渡区", "中渡区"]
    assert "FAIL" not in hunhe("verify", "--var", tmp_path / "var").stdout
