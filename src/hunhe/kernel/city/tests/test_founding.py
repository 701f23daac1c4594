"""A new city from a list of divisions: other codes, names and counts."""

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hunhe.kernel.city import actions, queries
from hunhe.kernel.city.shapes import parse_divisions
from hunhe.stone.errors import Conflict, Invalid
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
HEAD = "code,level,name,parent_code\n"
PORT = (
    HEAD
    + 'zz,province,Coast,\nzz1,city,"Port, the ""Old""",zz\nzz1a,district,Quay,zz1\nzz1b,district,Hill,zz1\nzz1a1,community,Mole,zz1a\n'
)


def found(tmp_path: Path, text: str, name: str = 'Port "Old"') -> Path:
    source = tmp_path / "list.csv"
    source.write_text(text, encoding="utf-8")
    made = actions.new_city(who=SYSTEM, divisions=source, name=name, folder=tmp_path / "port")
    assert made.divisions == len(text.strip().splitlines()) - 1
    return tmp_path / "port"


def test_a_new_city_has_no_doubt_and_applies(db: None, tmp_path: Path) -> None:
    folder = found(tmp_path, PORT)
    assert queries.check_city(who=SYSTEM, folder=folder) == ()
    actions.apply_city(who=SYSTEM, folder=folder)
    facts = queries.city_facts(who=SYSTEM)
    assert (facts.code, facts.name, facts.layers) == ("zz1", 'Port "Old"', ("kit",))
    assert facts.claims == ()
    divisions = apps.get_model("places", "Division").objects.order_by("place").values_list("name", flat=True)
    assert list(divisions) == ["Coast", 'Port, the "Old"', "Quay", "Hill", "Mole"]


def test_a_folder_that_is_a_city_already_is_left_alone(tmp_path: Path) -> None:
    folder = found(tmp_path, PORT)
    before = (folder / "city.toml").read_text()
    with pytest.raises(Conflict):
        found(tmp_path, PORT, "Other")
    assert (folder / "city.toml").read_text() == before


@pytest.mark.parametrize(
    "text", ["", "code\n1\n", HEAD, HEAD + "1,city,A,9\n", HEAD + "1,city,A,\n2,city,B,\n", HEAD + '1,city,"A\n']
)
def test_a_list_that_is_none_is_refused_and_nothing_written(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        found(tmp_path, text)
    assert refusal.value.code == "city.new.divisions"
    assert not (tmp_path / "port").exists()


def test_bytes_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes("代码".encode("gb18030"))
    for path in (tmp_path / "list.csv", tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(Invalid):
            actions.new_city(who=SYSTEM, divisions=path, name="X", folder=tmp_path / "port")


@pytest.mark.parametrize("name", ["", "  ", "two\nlines"])
def test_a_city_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid):
        found(tmp_path, PORT, name)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=12))
def test_any_names_survive_the_way_into_content(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["code", "level", "name", "parent_code"])
    writer.writerow(["1", "city", "C", ""])
    writer.writerows([[f"1{n:02}", "district", name, "1"] for n, name in enumerate(names)])
    folder = tmp_path_factory.mktemp("c")
    (folder / "list.csv").write_bytes(sheet.getvalue().encode("utf-8", "surrogatepass"))
    try:
        actions.new_city(who=SYSTEM, divisions=folder / "list.csv", name="C", folder=folder / "c")
    except Invalid:
        assert any(unicodedata.category(letter) in ("Cc", "Cs") for name in names for letter in name.strip())
    else:
        rows = parse_divisions((folder / "c/kernel/places/divisions.csv").read_bytes().decode())
        assert [row.name for row in rows[1:]] == [name.strip() for name in names]


def test_rows_may_come_in_any_order(db: None, tmp_path: Path) -> None:
    lines = PORT.removeprefix(HEAD).splitlines()
    folder = found(tmp_path, HEAD + "\n".join(reversed(lines)) + "\n")
    assert queries.check_city(who=SYSTEM, folder=folder) == ()
    levels = [row.level for row in parse_divisions((folder / "kernel/places/divisions.csv").read_text())]
    assert levels == ["province", "city", "district", "district", "community"]
