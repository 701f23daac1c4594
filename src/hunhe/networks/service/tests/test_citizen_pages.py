"""A citizen's way through the pages: no dead end before the form, nothing agreed to unseen, a correction handed in piece by piece."""

import re
from html import unescape

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.networks.service import actions, models, queries
from hunhe.networks.service.tests.town import ANSWERS, CLERK, LI, PEOPLE, SYSTEM, applied, citizen, photo, step

pytestmark = pytest.mark.usefixtures("town", "demo_folder")
GUIDE = "/service/items/elder_card/?occasion=first&residence=registered"
ELDER = citizen(LI)


def elder_client() -> Client:
    """A browser of Li, signed in, with the name confirmed."""
    account = identity.create_account(
        who=SYSTEM, username="li", password="correct horse battery", kind="citizen", name=PEOPLE[LI]["name"]
    )
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=LI, level=2)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_who_has_no_confirmed_name_confirms_it_and_is_back_at_the_guide() -> None:
    client = official_client("newcomer", None)
    page = client.get(GUIDE).content.decode()
    way = unescape(re.search(r'class="btn primary" href="([^"]+)"', page)[1])  # type: ignore[index]  # the button must be there
    assert client.get(way).status_code == 200
    there = {"name": PEOPLE[LI]["name"], "id_number": PEOPLE[LI]["id_number"], "next": GUIDE}
    reply = client.post(way, there)
    assert (reply.status_code, reply["Location"]) == (302, GUIDE)
    assert "你可以办" in client.get(GUIDE).content.decode()


def test_a_way_back_never_leads_out_of_the_city() -> None:
    client = elder_client()
    assert client.get("/code/real-name/?next=https://elsewhere.example/")["Location"] == "/code/"


@pytest.mark.parametrize("path", ["/desk/service/cases/case_x/", "/desk/service/counter/", "/desk/service/ratings/"])
def test_a_stranger_at_the_desk_is_asked_to_sign_in(path: str) -> None:
    reply = Client().get(path)
    assert (reply.status_code, reply["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_nothing_is_taken_from_the_register_until_that_button_is_pressed() -> None:
    client = elder_client()
    page = client.get(GUIDE).content.decode()
    assert "checked" not in page[page.index('id="start"') :].split("</form>")[0]
    kept = client.post("/service/items/elder_card/start/", {f"answer.{name}": value for name, value in ANSWERS.items()})
    assert kept.status_code == 302
    assert consents.active_consent(who=SYSTEM, subject_id=LI, kind="service.prefill") is None
    assert 'name="prefill" value="yes"' in page


def test_a_correction_is_kept_as_soon_as_it_is_chosen_and_shown_before_it_is_sent() -> None:
    client, application = elder_client(), applied()
    actions.check_material(who=CLERK, case_id=application.case_id, material="photo", fits=False, note="太暗")
    for line in application.materials:
        if line.id != "photo":
            actions.check_material(who=CLERK, case_id=application.case_id, material=line.id, fits=True)
    step(CLERK, application, "return")
    path = f"/service/cases/{application.case_id}/"
    stream = photo()
    stream.name = "新.png"
    reply = client.post(f"{path}files/photo/", {"file": stream}, HTTP_HX_REQUEST="true")
    assert reply.status_code == 200
    shown = models.Material.objects.get(application_id=application.case_id, code="photo").file_id
    assert f'src="/files/{shown}"' in reply.content.decode()
    rev = re.search(r'name="rev" value="(\d+)"', reply.content.decode())[1]  # type: ignore[index]  # the form must be there
    assert client.post(f"{path}correct/", {"rev": rev, "key": "k"}).status_code == 302
    assert queries.application_by_case(who=ELDER, case_id=application.case_id).materials[1].state == "given"
