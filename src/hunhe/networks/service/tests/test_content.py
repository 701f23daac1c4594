"""Items as files: what `city check` refuses, and versions that never change once used."""

from pathlib import Path

import pytest

from hunhe.kernel.city.shapes import ContentFile, Doubtful
from hunhe.kernel.flow import content as procedures
from hunhe.kernel.flow.procedure import Procedure
from hunhe.networks.service import content, models
from hunhe.networks.service.item import ServiceItem
from hunhe.networks.service.tests.town import SYSTEM, applied
from hunhe.stone.errors import Conflict

KIT = Path(__file__).resolve().parents[5] / "cities" / "kit"
FOLDER = "networks/service/items/civil_affairs/elder_card"


def files(change: tuple[str, str] = ("", ""), form_change: tuple[str, str] = ("", "")) -> list[ContentFile]:
    texts = {name: (KIT / FOLDER / name).read_text() for name in ("item.toml", "form.json")}
    for name, (old, new) in (("item.toml", change), ("form.json", form_change)):
        assert old in texts[name], f"{old} stands in {name}"
        texts[name] = texts[name].replace(old, new, 1) if old else texts[name]
    return [ContentFile.parsed(f"{FOLDER}/{name}", "kit", text) for name, text in texts.items()]


def test_the_kits_item_has_no_doubt() -> None:
    assert list(content.check(files())) == []


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("promised = 10", "promised = 21"), "limits.promised"),
        (('id = "elder_card"', 'id = "other"'), "id"),
        (('owner = "civil_affairs"', 'owner = "ecology"'), "owner"),
        (("visits = 0", "visits = 1"), "visits"),
        (("age_from = 60", 'age_from = 60\nrule = "person.age > 60"'), "conditions[1]"),
        (("person.status != 'deceased'", "persona.status != 'deceased'"), "conditions[0].rule"),
        (('proved_by = ["id_number", "name", "birth_date"]', 'proved_by = ["shoe_size"]'), "materials[0].proved_by"),
        (('upload = true\nfact = "photo"\n', 'fact = "photo"\n'), "materials[1]"),
        (('handling = "promised"', 'handling = "instant"'), "limits.promised"),
        (('basic_code = ""', 'basic_code = "x y"'), "basic_code"),
    ],
)
def test_what_is_refused(change: tuple[str, str], key: str) -> None:
    assert key in [doubt.key for doubt in content.check(files(change))]


def test_a_form_does_not_ask_for_what_the_bases_know() -> None:
    wrong = files(form_change=('"required": true, "golden": "id_number"', '"required": true'))
    assert any(doubt.key.endswith(".golden") for doubt in content.check(wrong))


def test_a_misspelt_key_is_named() -> None:
    with pytest.raises(Doubtful):
        list(content.check(files(("visits = 0", "visit = 0"))))
    with pytest.raises(Doubtful):
        list(content.check(files(form_change=('"editable"', '"editible"'))))


def test_the_promise_on_the_page_is_the_clock_of_the_procedure() -> None:
    item = files()[0].read_as(ServiceItem)
    path = f"kernel/flow/procedures/{item.procedure}.toml"
    procedure = ContentFile.parsed(path, "kit", (KIT / path).read_text()).read_as(Procedure)
    review = procedure.stage_by_id["review"].deadlines[0]
    assert (review.length, review.unit) == (item.limits.promised, item.limits.unit)
    assert list(procedures.check([])) == []


@pytest.mark.usefixtures("town")
def test_a_version_in_use_never_changes_and_an_application_keeps_its_own() -> None:
    application = applied()
    with pytest.raises(Conflict, match=r"service\.item\.used"):
        content.apply(
            SYSTEM,
            files(
                ('summary = "', 'summary = "新：'),
            ),
        )
    content.apply(SYSTEM, files(('version = "2026-11"', 'version = "2026-12"')))
    assert models.Application.objects.select_related("item").get(case_id=application.case_id).item.version == "2026-11"
    assert models.ServiceItem.objects.get(active=True, code="elder_card").version == "2026-12"
