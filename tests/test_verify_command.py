"""`hunhe verify` as an auditor runs it on a stopped city: what was altered is named with its place, and a witness sees a rewrite."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
INDEX = 2
ROWS = "station,day,pm25\n" + "".join(f"S{n},2026-03-01,{n % 90}\n" for n in range(2_000))

SEAL = """
from hunhe.kernel.audit import actions
from hunhe.stone.who import Who
actions.seal(who=Who.system("test"))
"""
REWRITE = f"""
from django.db import transaction
from hunhe.kernel.audit.tests.rewriting import rewrite_history
with transaction.atomic():
    rewrite_history({INDEX})
"""


class City:
    """A data folder with a log, its tiles and a data set, and a witness beside it."""

    def __init__(self, folder: Path) -> None:
        self.var, self.witness, self.report = folder / "var", folder / "witness", folder / "verify.json"
        self.witness.mkdir()
        kept = {name: value for name, value in os.environ.items() if name not in ("HUNHE_KEYS", "HUNHE_DATABASE")}
        self.environment = {**kept, "HUNHE_VAR": str(self.var), "PYTHONPATH": str(REPOSITORY / "src")}
        self.environment["DJANGO_SETTINGS_MODULE"] = "hunhe.house.settings"

    def hunhe(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self._python("-m", "hunhe.cli", *map(str, arguments))

    def inside(self, code: str) -> None:
        """Run code as a process of the city would."""
        ended = self._python("-c", f"import django\ndjango.setup()\n{code}")
        assert ended.returncode == 0, ended.stderr

    def _python(self, *command: str) -> subprocess.CompletedProcess[str]:
        whole = [sys.executable, *command]
        return subprocess.run(whole, env=self.environment, capture_output=True, text=True, timeout=200, check=False)

    def failures(self, *options: str | Path) -> dict[str, str]:
        """What the command finds wrong, by check; its exit code and each line it prints say the same."""
        ended = self.hunhe("verify", "--json", self.report, *options)
        results = json.loads(self.report.read_text())
        found = {result["check"]: result["detail"] for result in results if not result["ok"]}
        assert ended.returncode == bool(found), ended.stderr
        assert [line[5:] for line in ended.stdout.splitlines() if line.startswith("FAIL ")] == [
            f"{check}: {detail}" for check, detail in found.items()
        ]
        return found

    def remembered(self) -> list[str]:
        return sorted(path.name for path in self.witness.glob("*.note"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("verified")
    city = City(folder)
    (folder / "air.csv").write_text(ROWS)
    landed = city.hunhe("hub", "land", folder / "air.csv", "--dataset", "ecology.air")
    assert landed.returncode == 0, landed.stderr
    city.inside(SEAL)
    assert city.failures("--witness", city.witness) == {}
    return city


def test_an_edited_letter_of_an_entry_is_named_with_entry_and_index(city: City) -> None:
    with contextlib.closing(sqlite3.connect(city.var / "hunhe.sqlite")) as database:
        entry, act = database.execute("SELECT entry_id, act FROM audit_entry WHERE leaf_index = ?", (INDEX,)).fetchone()
        _say(database, chr(ord(act[0]) ^ 1) + act[1:])
        found = city.failures("--witness", city.witness)
        _say(database, act)
    assert list(found) == ["audit.entries"]
    assert f"{entry} at index {INDEX}" in found["audit.entries"]
    assert city.failures("--witness", city.witness) == {}


def _say(database: sqlite3.Connection, act: str) -> None:
    database.execute("UPDATE audit_entry SET act = ? WHERE leaf_index = ?", (act, INDEX))
    database.commit()


@pytest.mark.parametrize(
    ("place", "pattern", "check"), [("audit", "tile/*/**/*", "audit.tiles"), ("lake", "ecology.air/*.parquet", "lake")]
)
def test_an_edited_bit_of_a_tile_or_a_delta_file_is_named_with_its_file(
    city: City, place: str, pattern: str, check: str
) -> None:
    path = next(path for path in sorted((city.var / place).glob(pattern)) if path.is_file())
    content = path.read_bytes()
    at = len(content) // 2
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    found = city.failures("--witness", city.witness)
    path.write_bytes(content)
    assert list(found) == [check]
    assert path.name in found[check]
    assert city.failures("--witness", city.witness) == {}


def test_a_log_rewritten_and_signed_again_with_the_hosts_key_is_seen_by_the_witness_alone(city: City) -> None:
    before = city.remembered()
    kept = city.var.with_name("kept")
    shutil.copytree(city.var, kept, symlinks=True)
    try:
        city.inside(REWRITE)
        assert city.failures() == {}
        found = city.failures("--witness", city.witness)
        assert list(found) == ["audit.witness"]
        assert found["audit.witness"].startswith("fork: the witness remembers another root for ")
        assert city.remembered() == before, "a witness keeps no checkpoint of a log it contradicts"
    finally:
        shutil.rmtree(city.var)
        kept.rename(city.var)
    assert city.failures("--witness", city.witness) == {}
