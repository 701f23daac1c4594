import csv
import hashlib
import json
import sqlite3
import time
from collections import Counter
from pathlib import Path

import openpyxl
import psycopg
import pytest
from stdnum.cn import uscc

from hunhe_sim import identifiers
from hunhe_sim.command import main
from hunhe_sim.population.flaws import ALL
from hunhe_sim.systems import health_insurance, human_resources, public_security
from hunhe_sim.world import Order, make_world
from tools.pytest_city import lacking

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


def digest_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def residents(world: Path) -> list[tuple[str, ...]]:
    return sqlite3.connect(world / public_security.FILE).execute("SELECT * FROM resident").fetchall()


def employments(world: Path) -> list[dict[str, str]]:
    (path,) = (world / "human_resources").glob("employment_*.csv")
    return list(csv.DictReader(path.read_bytes().decode("gb18030").splitlines()))


def insured(world: Path) -> list[tuple[str, ...]]:
    (path,) = (world / "health_insurance").glob("insured_*.xlsx")
    sheet = openpyxl.load_workbook(path, read_only=True).active
    return [tuple(cell or "" for cell in row) for row in sheet.iter_rows(values_only=True)]


def truth(world: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((world / "truth" / name).open(encoding="utf-8")))


def test_the_same_order_makes_the_same_bytes_and_another_seed_others(world: Path, divisions: Path, tmp_path: Path) -> None:
    make_world(Order(3000, 11, divisions, tmp_path / "again"))
    assert digest_of(tmp_path / "again") == digest_of(world)
    make_world(Order(3000, 12, divisions, tmp_path / "again"))
    other = digest_of(tmp_path / "again")
    assert not set(other.values()) & set(digest_of(world).values())


def test_files_have_the_agreed_shapes(world: Path) -> None:
    columns = [row[1] for row in sqlite3.connect(world / public_security.FILE).execute("PRAGMA table_info(resident)")]
    assert tuple(columns) == public_security.COLUMNS
    assert tuple(employments(world)[0]) == human_resources.HEADERS
    assert insured(world)[0] == health_insurance.HEADERS
    assert {row[2] for row in residents(world)} == {"男", "女"}
    assert {row[8] for row in residents(world)} == {"正常", "死亡", "迁出"}


def test_truth_names_every_key_in_the_lists_exactly_once(world: Path) -> None:
    people = truth(world, "persons.csv")
    lists = {
        "public_security": [row[0] for row in residents(world)],
        "human_resources": [row["登记编号"] for row in employments(world)],
        "health_insurance": [row[0] for row in insured(world)[1:]],
    }
    for system, keys in lists.items():
        owned = Counter(key for person in people for key in person[system].split(";") if key)
        assert max(owned.values()) == 1, system
        assert set(owned) == set(keys) - {""}, system
    assert len(people) == len({person["id_number"] for person in people}) == 3000


def test_counts_in_the_manifest_are_those_of_the_files(world: Path) -> None:
    systems = json.loads((world / "truth" / "manifest.json").read_text())["systems"]
    jobs = employments(world)
    assert systems["public_security"]["rows"] == len(residents(world))
    assert systems["human_resources"]["rows"] == len(jobs)
    assert systems["health_insurance"]["rows"] == len(insured(world)) - 1
    flaws = systems["human_resources"]["flaws"]
    assert flaws["id_blank"] == len({row["登记编号"] for row in jobs if not row["身份证号"]})
    assert flaws["bad_code"] <= sum(row["行业代码"] == "Z9999" for row in jobs)
    assert flaws["repeated"] == len(jobs) - len({tuple(row.values()) for row in jobs})


def test_flaws_come_near_their_stated_rates(world: Path) -> None:
    manifest = json.loads((world / "truth" / "manifest.json").read_text())
    for system, flaw in (
        ("health_insurance", "name_slip"),
        ("health_insurance", "second_key"),
        ("human_resources", "name_slip"),
    ):
        rate = getattr(ALL[system], flaw)
        found = manifest["systems"][system]["flaws"][flaw] / manifest["systems"][system]["rows"]
        assert rate * 0.5 < found < rate * 1.6, (system, flaw)


def test_numbers_hold_unless_a_flaw_was_meant(world: Path) -> None:
    true_ids = {person["id_number"] for person in truth(world, "persons.csv")}
    wrong = [row[0] for row in residents(world) if row[0] and row[0] not in true_ids and len(row[0]) == 18]
    assert all(identifiers.citizen_check(number[:17]) != number[17] for number in wrong)
    old = {identifiers.citizen_number_of_old(number) for number in true_ids}
    assert {row[0] for row in residents(world) if len(row[0]) == 15} <= old
    assert all(uscc.is_valid(firm["uscc"]) and "示例" in firm["name"] for firm in truth(world, "firms.csv"))


def test_some_of_the_dead_are_still_insured(world: Path) -> None:
    dead = {
        key
        for person in truth(world, "persons.csv")
        if person["status"] == "死亡"
        for key in person["health_insurance"].split(";")
    }
    assert any(row[0] in dead and row[4] == health_insurance.IN_FORCE for row in insured(world))


def test_it_is_fast_and_a_folder_with_other_things_is_left_alone(divisions: Path, tmp_path: Path) -> None:
    started = time.process_time()
    make_world(Order(5000, 1, divisions, tmp_path / "w"))
    assert time.process_time() - started < 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(ValueError, match="not a world"):
        make_world(Order(10, 1, divisions, tmp_path / "mine"))
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep"


def test_a_world_of_one(divisions: Path, tmp_path: Path) -> None:
    assert make_world(Order(1, 1, divisions, tmp_path / "w"))["firms"] == 1


def test_the_command_line(divisions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["world", "--people", "40", "--divisions", str(divisions), "--out", str(tmp_path / "w"), "--as-of", "2026-01-02"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-01-02"
    assert (tmp_path / "w" / "human_resources" / "employment_20260102.csv").exists()
    assert main([*command[:4], str(tmp_path / "absent.csv"), *command[5:]]) == 1
    assert "absent.csv" in capsys.readouterr().err


@pytest.mark.postgres
def test_the_household_register_in_postgres(world: Path) -> None:
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError as error:
        lacking("postgres", f"no PostgreSQL server on 127.0.0.1: {error}")
    with connection:
        connection.execute("DROP DATABASE IF EXISTS hunhe_sim_test")
        connection.execute("CREATE DATABASE hunhe_sim_test")
        target = POSTGRES[: POSTGRES.rindex("/")] + "/hunhe_sim_test"
        for _ in range(2):  # a second copy replaces the first
            public_security.copy_to_postgres(world, target)
        with psycopg.connect(target) as copy:
            assert copy.execute("SELECT * FROM resident").fetchall() == residents(world)
        connection.execute("DROP DATABASE hunhe_sim_test")
