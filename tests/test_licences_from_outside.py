"""The world's own verifier, which shares no code with the city, reads what the city issues and publishes."""

import pytest
from django.test import Client

from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, content, queries
from hunhe_sim import licences as world

SYSTEM = Who.system("test")
FACTS = {"name": "林若溪", "id_number": "210103195504260426", "card_class": "70 周岁以上"}


@pytest.mark.django_db
def test_the_worlds_own_verifier_agrees(prepared_city: None) -> None:
    content.forget()
    made = actions.issue_licence(
        who=SYSTEM, type="elder_card", holder="sub_lin", case_id="", facts=FACTS, valid_until=None, key="k1"
    )
    events.run_due(who=SYSTEM)
    known = Client().get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]
    text = queries.credential_of(who=SYSTEM, licence_id=made.id, names=("identifier", "card_class"))
    shown = world.read_credential(text, known)
    assert dict(shown.claims) == {"identifier": made.identifier, "card_class": FACTS["card_class"]}
    assert world.identifier_holds(made.identifier)
    path = "/" + shown.status_uri.split("/", 3)[3]
    assert world.status_in(Client().get(path).content.decode(), known, shown.status_index) == world.VALID
    actions.revoke_licence(who=SYSTEM, licence_id=made.id, reason="冒领", expected_version=made.rev)
    assert world.status_in(Client().get(path).content.decode(), known, shown.status_index) == world.INVALID
