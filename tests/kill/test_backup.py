"""A backup made while a city works, or broken off: what was acknowledged before it began is in it, and it opens for its key only."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from hunhe.hub.telemetry.tests.test_durability import Apart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
DELIVERIES = 300


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Apart:
    made = Apart(tmp_path_factory.mktemp("backup") / "var").prepare()
    hunhe(made, "keys", "backup", str(made.folder.parent / "key"))
    return made


def hunhe(city: Apart, *arguments: str, well: bool = True) -> "subprocess.CompletedProcess[str]":
    done = city.python("hunhe.cli", *arguments, "--var", str(city.folder))
    assert (done.returncode == 0) is well, done.stderr[-2000:] + done.stdout[-2000:]
    assert "Traceback" not in done.stderr
    return done


def test_what_was_acknowledged_before_a_backup_is_in_it(apart: Apart) -> None:
    acknowledged: dict[int, dict[str, Any]] = {}
    halfway = threading.Event()

    def call(base: str) -> None:
        for number in range(DELIVERIES):
            acknowledged[number] = apart.send(base, 0, number)
            if number == DELIVERIES // 4:
                halfway.set()

    file = apart.folder.parent / "city.backup"
    with apart.server() as (base, _):
        caller = threading.Thread(target=call, args=(base,))
        caller.start()
        assert halfway.wait(120)
        before = dict(acknowledged)
        manifest = json.loads(hunhe(apart, "backup", str(file), "--with-keys").stdout)
        caller.join()
    assert manifest["entries"] > 0
    restored = Apart(apart.folder.parent / "again" / "var", apart.source, apart.token)
    told = hunhe(restored, "restore", str(file), "--key", str(apart.folder.parent / "key"))
    assert "FAIL" not in told.stdout
    with restored.server() as (base, _):
        again = {number: restored.send(base, 0, number) for number in range(DELIVERIES)}
        fresh = restored.send(base, 1, 0)
    for number, reply in before.items():
        assert again[number] == {**reply, "repeated": True}
    assert not fresh.get("repeated")
    assert hunhe(restored, "verify").stdout.count("FAIL") == 0


def test_a_backup_that_is_broken_off_leaves_nothing_and_the_next_one_works(apart: Apart) -> None:
    (apart.folder / "files" / "large").mkdir(parents=True, exist_ok=True)
    (apart.folder / "files" / "large" / "noise").write_bytes(bytes(range(256)) * 400_000)
    file = apart.folder.parent / "broken.backup"
    command = [sys.executable, "-m", "hunhe.cli", "backup", str(file), "--var", str(apart.folder)]
    process = subprocess.Popen(command, env=apart.environment)
    while not list(apart.folder.glob(".backup-*/manifest.json")):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not file.exists()
    hunhe(apart, "backup", str(file))
    assert not list(apart.folder.glob(".backup-*"))


def test_only_its_key_opens_a_whole_backup(apart: Apart, tmp_path: Path) -> None:
    file = tmp_path / "city.backup"
    hunhe(apart, "backup", str(file), "--with-keys")
    hunhe(apart, "keys", "backup", str(tmp_path / "other"))
    right = apart.folder.parent / "key"
    place = Apart(tmp_path / "place" / "var")

    def refused(name: str, source: Path, key: Path) -> None:
        assert name in hunhe(place, "restore", str(source), "--key", str(key), well=False).stderr
        assert not place.folder.exists()
        assert not place.folder.with_name("var.keys").exists()

    refused("sealed.closed", file, tmp_path / "other")
    refused("sealed.secret", file, file)
    sealed = bytearray(file.read_bytes())
    (tmp_path / "short").write_bytes(sealed[: len(sealed) // 2])
    refused("sealed.closed", tmp_path / "short", right)
    sealed[len(sealed) // 2] ^= 1
    (tmp_path / "touched").write_bytes(sealed)
    refused("sealed.closed", tmp_path / "touched", right)
    assert "house.restore.occupied" in hunhe(apart, "restore", str(file), "--key", str(right), well=False).stderr


def test_a_backup_without_keys_asks_for_them(apart: Apart, tmp_path: Path) -> None:
    file = tmp_path / "city.backup"
    hunhe(apart, "backup", str(file))
    place = Apart(tmp_path / "place" / "var")
    key = str(apart.folder.parent / "key")
    assert "house.restore.no_keys" in hunhe(place, "restore", str(file), "--key", key, well=False).stderr
    place.folder.parent.mkdir(exist_ok=True)
    apart.folder.with_name("var.keys").rename(place.folder.with_name("var.keys"))
    try:
        hunhe(place, "restore", str(file), "--key", key)
    finally:
        place.folder.with_name("var.keys").rename(apart.folder.with_name("var.keys"))
