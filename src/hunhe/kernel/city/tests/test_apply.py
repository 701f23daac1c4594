"""Applying content: idempotent, three-way, all or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from hunhe.kernel.city import actions, queries
from hunhe.kernel.city.models import Applied
from hunhe.kernel.city.shapes import Merge
from hunhe.stone.errors import Conflict, Denied, Invalid
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
DEPARTMENTS = "kernel/org/departments.toml"
MINE = '[parks]\nname = "Parks"\n'

# The kit's teams sit in departments that this city does not have.
ROUTING = """
id = "routing"
name = "Who goes"
owner = "parks"
basis = "none"
valid_from = 2026-01-01
radius_m = 20
window_hours = 2
near_m = 100
reopen_days = 7
territory = "all"
inspector = "clerk"
routes = []

[[teams]]
id = "all"
post = "clerk"
name = "Everybody"
department = "parks"
does = []
base = [0.5, 0.5]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small city of its own on the kit."""
    city = tmp_path / "small"
    (city / "kernel/org").mkdir(parents=True)
    (city / "city.toml").write_text('code = "99"\nname = "Small"\n')
    (city / DEPARTMENTS).write_text(MINE)
    (city / "kernel/org/posts.toml").write_text('[each]\nclerk = "Clerk"\n')
    (city / "kernel/org/seats.toml").write_text("")
    (city / "networks/governance").mkdir(parents=True)
    (city / "networks/governance/routing.toml").write_text(ROUTING)
    return city


@pytest.fixture
def apply(db: None, folder: Path) -> Callable[..., Merge]:
    return lambda **more: actions.apply_city(who=SYSTEM, folder=folder, **more)


def names() -> list[str]:
    """Departments in use, as the room above keeps them."""
    rows = apps.get_model("org", "Department").objects.filter(in_use=True)
    return list(rows.order_by("place").values_list("name", flat=True))


def test_a_second_apply_changes_nothing(apply, django_assert_num_queries) -> None:
    first = apply()
    assert first.city == "Small"
    assert {change.what for change in first.changes} == {"added"}
    assert names() == ["Parks"]
    before = list(Applied.objects.order_by("path").values())
    with django_assert_num_queries(3):  # savepoint, rows in force, release
        assert apply().changes == ()
    assert list(Applied.objects.order_by("path").values()) == before


def test_the_overlay_wins_over_the_kit_and_gives_way_when_removed(apply, folder: Path) -> None:
    apply()
    for path in (DEPARTMENTS, "kernel/org/posts.toml", "kernel/org/seats.toml", "networks/governance/routing.toml"):
        (folder / path).unlink()
    apply()
    assert "公安局" in names()
    assert "Parks" not in names()


def test_a_changed_file_is_applied_and_its_version_grows(apply, folder: Path) -> None:
    apply()
    (folder / DEPARTMENTS).write_text(MINE.replace("Parks", "Gardens"))
    changes = apply().changes
    assert [(one.path, one.what, one.version) for one in changes] == [(DEPARTMENTS, "changed", 2)]
    assert names() == ["Gardens"]


def test_screen_changes_survive_an_apply_of_an_unchanged_file(apply) -> None:
    apply()
    actions.change_on_screen(who=SYSTEM, path=DEPARTMENTS, text=MINE.replace("Parks", "On screen"))
    assert names() == ["On screen"]
    assert apply().changes == ()
    assert names() == ["On screen"]


@pytest.mark.parametrize(("side", "expected"), [("ours", "On screen"), ("theirs", "In the file")])
def test_a_conflict_stops_until_a_side_is_chosen(apply, folder: Path, side: str, expected: str) -> None:
    apply()
    actions.change_on_screen(who=SYSTEM, path=DEPARTMENTS, text=MINE.replace("Parks", "On screen"))
    (folder / DEPARTMENTS).write_text(MINE.replace("Parks", "In the file"))
    with pytest.raises(Conflict) as refusal:
        apply()
    assert refusal.value.params["paths"] == DEPARTMENTS
    assert names() == ["On screen"]
    apply(side=side)
    assert names() == [expected]
    assert apply().changes == ()


def test_the_same_words_on_both_sides_are_no_conflict(apply, folder: Path) -> None:
    apply()
    words = MINE.replace("Parks", "Both")
    actions.change_on_screen(who=SYSTEM, path=DEPARTMENTS, text=words)
    (folder / DEPARTMENTS).write_text(words)
    assert [change.what for change in apply().changes] == ["kept"]
    assert apply().changes == ()


@pytest.mark.parametrize(
    ("path", "text", "key"),
    [
        (DEPARTMENTS, "[parks]\nname = 3\n", "[...].name"),
        (DEPARTMENTS, "[parks\n", ""),
        (DEPARTMENTS, '[Parks]\nname = "x"\n', "Parks"),
        ("kernel/org/posts.toml", '[zoo]\nclerk = "x"\n', "zoo"),
        ("city.toml", 'name = "x"\n', ""),
        ("city.toml", 'code = "1"\nname = "x"\nextends = ["nowhere"]\n', "extends[0]"),
        ("city.toml", 'code = "1"\nname = "x"\nextends = ["../../etc"]\n', "extends[0]"),
        ("claims.toml", 'source = "a"\n[[claim]]\nid = "a"\nsentence = ""\nrow = "H1"\nkind = "quoted"\n', "claim[0]"),
        ("kernel/city/calendar/2030.toml", 'year = 2031\nsource = "x"\n', "year"),
        ("kernel/city/hours.toml", 'zone = "Mars/Base"\nspans = [[08:00:00, 09:00:00]]\n', "zone"),
        ("kernel/identity/roles.toml", '[r]\nname = "r"\nclass = "king"\n', "[...].class"),
        ("kernel/identity/roles.toml", '[r]\nname = "r"\nclass = "business"\nmay = ["all"]\n', "r.may[0]"),
    ],
)
def test_check_names_file_and_key_and_apply_refuses(apply, folder: Path, path: str, text: str, key: str) -> None:
    apply()
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    (doubt,) = queries.check_city(who=SYSTEM, folder=folder)
    assert (doubt.path, doubt.key) == (path, key)
    with pytest.raises(Invalid) as refusal:
        apply()
    assert path in str(refusal.value)
    assert names() == ["Parks"]


def test_bytes_that_are_no_text_are_a_doubt(apply, folder: Path) -> None:
    (folder / DEPARTMENTS).write_bytes("局".encode("gb18030"))
    assert queries.check_city(who=SYSTEM, folder=folder)[0].path == DEPARTMENTS


def test_a_folder_without_manifest_is_no_city(tmp_path: Path) -> None:
    assert queries.check_city(who=SYSTEM, folder=tmp_path)[0].path == "city.toml"


def test_the_shipped_city_has_no_doubt(db: None) -> None:
    assert queries.check_city(who=SYSTEM, folder=Path(settings.HUNHE_CITY)) == ()


def test_content_files_match_by_pattern(apply) -> None:
    apply()
    found = queries.content_files(who=SYSTEM, room="org", pattern="*.toml")
    assert [(file.stem, file.layer) for file in found] == [(name, "small") for name in ("departments", "posts", "seats")]
    assert queries.content_files(who=SYSTEM, room="org", pattern="deep/*.toml") == ()


def test_only_who_may_apply_does(db: None, folder: Path) -> None:
    with pytest.raises(Denied):
        actions.apply_city(who=Who(id="a", kind="official"), folder=folder)
