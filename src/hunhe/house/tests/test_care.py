"""What who runs the machine does from the command line, and how it is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("care") / "var"
    assert hunhe(place, "city", "apply").returncode == 0
    return place


def hunhe(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUNHE_")}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "HUNHE_VAR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "hunhe.cli", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert "Traceback" not in done.stderr
    return done


def test_the_first_administrator_and_everybody_after(folder: Path) -> None:
    post = "data_bureau.administrator"
    made = json.loads(
        hunhe(folder, "user", "add", "wang.li", "--name", "王丽", "--department", "data_bureau", "--post", post).stdout
    )
    again = json.loads(hunhe(folder, "user", "reset", "wang.li").stdout)
    assert len(made["password"]) >= 16
    assert made["password"] != again["password"]
    assert hunhe(folder, "user", "close", "wang.li").returncode == 0
    listed = hunhe(folder, "user", "list").stdout
    assert f"wang.li\t王丽\tdata_bureau\t{post}\tclosed" in listed
    assert made["password"] not in listed


def test_an_account_with_a_wrong_post_is_not_made(folder: Path) -> None:
    refused = hunhe(folder, "user", "add", "nobody", "--department", "data_bureau", "--post", "data_bureau.king")
    assert refused.returncode == 1
    assert "nobody" not in hunhe(folder, "user", "list").stdout


def test_the_doctor_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    looked = hunhe(folder, "doctor")
    assert looked.returncode == 1
    assert "SEE  backup: none yet" in looked.stdout
    assert hunhe(folder, "keys", "backup", str(tmp_path / "key")).returncode == 0
    assert hunhe(folder, "backup", str(tmp_path / "city.backup")).returncode == 0
    well = hunhe(folder, "doctor").stdout.splitlines()
    left = [line for line in well if line.startswith("SEE")]
    assert [line.partition(":")[0] for line in left] == ["SEE  street teams"], left  # nobody works in this city yet
    folder.with_name("var.keys").chmod(0o755)
    assert "SEE  keys" in hunhe(folder, "doctor").stdout
    folder.with_name("var.keys").chmod(0o700)


def test_a_mistyped_folder_is_not_made(tmp_path: Path) -> None:
    for arguments in (("doctor",), ("backup", str(tmp_path / "x")), ("user", "list"), ("upgrade",)):
        refused = hunhe(tmp_path / "typo", *arguments)
        assert (refused.returncode, "house.folder.no_city" in refused.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
