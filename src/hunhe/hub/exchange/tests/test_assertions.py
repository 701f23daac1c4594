"""Cases that live in a department's own system, vouched for by its signature."""

import base64
from datetime import timedelta

import pytest
from django.conf import settings

from hunhe.hub.exchange import actions, models
from hunhe.hub.exchange.rules.assertions import signed_text
from hunhe.hub.exchange.tests.people import official
from hunhe.hub.exchange.tests.scene import LIN, WANG, Scene
from hunhe.stone import clock
from hunhe.stone.crypto import SigningKey, profile
from hunhe.stone.errors import Denied, HunheError, Invalid
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
CASE = "YB-2026-0001"
PROCEDURE = "insurance_subsidy"


@pytest.fixture
def key() -> SigningKey:
    crypto = profile(settings.HUNHE_CRYPTO)
    return crypto.signing_key(crypto.new_signing_key())


def vouch(scene: Scene, key: SigningKey, hours: float = 2, about: str = LIN, **changes: str) -> None:
    """The insurance bureau's system vouches; `changes` alter what is sent after it was signed."""
    expires = (clock.now() + timedelta(hours=hours)).isoformat()
    text = signed_text("health_insurance", CASE, about, PROCEDURE, "张三", expires)
    said = {"case": CASE, "subject": about, "procedure": PROCEDURE, "officer": "张三", "expires": expires}
    said["signature"] = base64.b64encode(key.sign(text)).decode()
    client = Who(id=scene.client, kind="client", department="health_insurance")
    actions.assert_case(who=client, **{"department": "health_insurance", **said, **changes})


def register(key: SigningKey) -> None:
    public = base64.b64encode(key.public).decode()
    who = official("health_insurance", "applicant")
    first = actions.register_signer(who=who, department="health_insurance", name="待遇系统", public_key=public)
    again = actions.register_signer(who=who, department="health_insurance", name="待遇系统", public_key=public)
    assert first.id == again.id


def test_an_asserted_case_opens_the_data_and_names_the_officer(scene: Scene, key: SigningKey) -> None:
    scene.grant()
    register(key)
    assert scene.call(case=CASE)[1]["code"] == "case_mismatch"
    vouch(scene, key)
    assert scene.call(case=CASE)[0] == 200
    call = models.Call.objects.order_by("-id")[0]
    assert (call.case_id, call.officer, call.origin) == (CASE, "张三", "subject")


def test_it_is_for_one_person_and_ends(scene: Scene, key: SigningKey) -> None:
    scene.grant()
    register(key)
    vouch(scene, key, about=WANG)
    assert scene.call(case=CASE)[1]["code"] == "case_mismatch"
    vouch(scene, key, about=LIN)
    models.Assertion.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert scene.call(case=CASE)[1]["code"] == "case_closed"
    vouch(scene, key)
    models.Signer.objects.update(revoked_at=clock.now())
    assert scene.call(case=CASE)[1]["code"] == "case_mismatch"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"subject": WANG}, Denied),
        ({"case": "YB-2"}, Denied),
        ({"officer": "李四"}, Denied),
        ({"procedure": "other"}, Denied),
        ({"signature": "AAAA"}, Denied),
        ({"signature": "not base64"}, Denied),
        ({"department": "public_security"}, Denied),
        ({"case": "case_01"}, Invalid),
        ({"officer": ""}, Invalid),
        ({"expires": "soon"}, Invalid),
        ({"expires": "2026-11-24T18:00:00"}, Invalid),
        ({"expires": "2999-11-24T18:00:00+08:00"}, Invalid),
    ],
)
def test_one_altered_word_and_it_is_worth_nothing(
    scene: Scene, key: SigningKey, changes: dict[str, str], kind: type[HunheError]
) -> None:
    register(key)
    with pytest.raises(kind):
        vouch(scene, key, **changes)
    assert not models.Assertion.objects.exists()


def test_an_assertion_lives_for_hours(scene: Scene, key: SigningKey) -> None:
    register(key)
    for hours in (-1, 25):
        with pytest.raises(Invalid):
            vouch(scene, key, hours=hours)


def test_a_key_that_was_never_registered(scene: Scene, key: SigningKey) -> None:
    with pytest.raises(Denied):
        vouch(scene, key)


def test_people_cannot_vouch(scene: Scene, key: SigningKey) -> None:
    with pytest.raises(Denied):
        actions.assert_case(
            who=official("health_insurance", "applicant"),
            department="health_insurance",
            case=CASE,
            subject=LIN,
            procedure=PROCEDURE,
            officer="张三",
            expires=clock.now().isoformat(),
            signature="AAAA",
        )


@pytest.mark.parametrize("public_key", ["", "AAAA", "not base64 at all", "A" * 400])
def test_what_is_no_public_key(scene: Scene, public_key: str) -> None:
    with pytest.raises(Invalid):
        actions.register_signer(
            who=official("health_insurance", "applicant"), department="health_insurance", name="x", public_key=public_key
        )
