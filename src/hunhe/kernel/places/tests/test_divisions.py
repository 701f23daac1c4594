"""The tree of divisions: applied from content, listed, retired; the sketch map."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser

from hunhe.kernel.city import actions as city
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.places import content, models, queries
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
HEAD = "code,level,name,parent_code\n"
SMALL = HEAD + "9,city,Port,\n91,district,East,9\n92,district,West,9\n9101,street,Quay,91\n"


def divisions(text: str) -> tuple[ContentFile, ...]:
    sketch = "west=0.0\nsouth=0.0\neast=1.0\nnorth=1.0\ncell=0.01\n"
    return (
        ContentFile("kernel/places/divisions.csv", "port", text),
        ContentFile.parsed("kernel/places/sketch.toml", "kit", sketch),
    )


@pytest.fixture
def applied_city(db: None) -> None:
    city.apply_city(who=SYSTEM, folder=Path(settings.HUNHE_CITY))


def test_the_reference_city_stands_complete(applied_city: None) -> None:
    counts = {
        level: models.Division.objects.filter(level=level, in_use=True).count() for level in ("district", "street", "community")
    }
    assert counts == {"district": 13, "street": 190, "community": 2703}
    assert [one.name for one in queries.path_of(who=SYSTEM, code="210102001")] == ["辽宁省", "沈阳市", "和平区", "浑河湾街道"]
    assert len(queries.children_of(who=SYSTEM, code="2101")) == 13
    with pytest.raises(NotFound):
        queries.division_by_code(who=SYSTEM, code="310000")


def test_the_content_equals_the_source(shared_data: Path) -> None:
    ours = (Path(settings.HUNHE_CITY) / "kernel/places/divisions.csv").read_text()
    assert ours == (shared_data / "01_divisions/shenyang_divisions.csv").read_text()


def test_pages_walk_through_all_communities(applied_city: None, django_assert_num_queries) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        with django_assert_num_queries(1):
            page = queries.list_divisions(who=SYSTEM, level="community", cursor=cursor)
        seen += [one.code for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 2703


def test_any_other_city_can_be_applied_and_the_old_divisions_retire(db: None) -> None:
    content.apply(SYSTEM, divisions(SMALL))
    content.apply(SYSTEM, divisions(SMALL.replace("92,district,West,9\n", "")))
    assert [one.name for one in queries.children_of(who=SYSTEM, code="9")] == ["East"]
    assert not queries.division_by_code(who=SYSTEM, code="92").in_use
    area = queries.area_of(who=SYSTEM, lon=0.9, lat=0.1)
    assert [place.name for place in area.divisions] == ["East", "Quay"]
    assert area.sketch


def test_a_city_newly_made_has_areas_and_a_map(db: None, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(SMALL)
    city.new_city(who=SYSTEM, divisions=tmp_path / "list.csv", name="Port", folder=tmp_path / "port")
    city.apply_city(who=SYSTEM, folder=tmp_path / "port")
    assert [floe.name for floe in queries.sketch_map(who=SYSTEM).floes] == ["East", "West"]
    assert queries.area_of(who=SYSTEM, lon=120.5, lat=40.5).divisions[0].code in ("91", "92")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("code,name\n9,Port\n", "line 1"),
        (HEAD + "9,city,Port,\n9,city,Port,\n", "line 3"),
        (HEAD + "91,district,East,8\n9,city,Port,\n", "line 2"),
        (HEAD + "9,city,Port,\n8,galaxy,Far,9\n", "line 3"),
        (HEAD + "9,city,Port,\n91,district,East,9\n90,city,Up,91\n", "line 4"),
        (HEAD + "8,province,P,\n", "line 1"),
        (HEAD + "9,city,,\n", "line 2"),
        (HEAD + "9'; DROP,city,Port,\n", "line 2"),
    ],
)
def test_a_broken_list_is_doubted_with_its_line(text: str, line: str) -> None:
    doubt = next(content.check(divisions(text)))
    assert (doubt.path, doubt.key) == ("kernel/places/divisions.csv", line)


def test_the_sketch_shows_every_district_inside_the_box_the_same_way_each_time(applied_city: None) -> None:
    sketch = queries.sketch_map(who=SYSTEM)
    assert sketch == queries.sketch_map(who=SYSTEM)
    assert sketch.mark == "示意图"
    assert len(sketch.floes) == 13
    assert [water.name for water in sketch.waters] == ["浑河", "辽河"]
    for floe in sketch.floes:
        assert re.fullmatch(r"(?:[ML][\d. ]+Q[\d. ]+)+Z", floe.path)
        numbers = [float(text) for text in re.findall(r"[\d.]+", floe.path)]
        assert all(0 <= number <= 1000 for number in numbers)
        assert 0 < floe.label_x < 1000
        assert 0 < floe.label_y < 1000


def test_floes_do_not_touch(applied_city: None) -> None:
    from itertools import combinations

    from shapely import Polygon

    from hunhe.kernel.places import atlas, floes

    districts = atlas.in_force().districts
    shapes = [Polygon(floes.floe(node, districts)) for node in districts]
    for one, other in combinations(shapes, 2):
        assert one.distance(other) >= floes.CHANNEL * 0.99
    assert all(shape.is_valid and shape.area > 5000 for shape in shapes)


def test_places_speak_http(applied_city: None) -> None:
    browser = Browser()
    area = browser.get("/api/v1/places/area?lon=123.43&lat=41.8").json()
    assert len(area["divisions"]) == 3
    assert browser.get("/api/v1/places/area?lon=0&lat=0").status_code == 404
    assert browser.get("/api/v1/places/area?lon=nan&lat=0").status_code in (404, 422)
    assert browser.get("/api/v1/places/divisions?level=district").json()["items"][0]["name"] == "和平区"
    assert browser.get("/api/v1/places/divisions/2101/children").json()[0]["code"] == "210102"
    assert browser.get("/api/v1/places/divisions/nope").status_code == 404
    assert browser.get("/api/v1/places/divisions?level=galaxy").status_code == 422
    assert browser.get("/api/v1/places/divisions?level=district&cursor=x").status_code == 422
    assert len(browser.get("/api/v1/places/sketch").json()["floes"]) == 13
