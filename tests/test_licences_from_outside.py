"""The world's own verifier, which shares no code with the city, reads what the city issues and publishes."""

from typing import Any

import pytest
from django.test import Client

from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import actions as identity
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, content, queries
from hunhe_sim import licences as world
from hunhe_sim.day.licence import check_licence
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Visitor

SYSTEM = Who.system("test")
FACTS = {"name": "林若溪", "id_number": "210103195504260426", "birth_date": "1955-04-26", "card_class": "70 周岁以上"}


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


@pytest.mark.django_db(transaction=True)
def test_what_the_day_checks_over_http_holds(live_server: Any, settings: Any) -> None:
    settings.HUNHE_DEMO = True
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    content.forget()
    account = identity.create_account(who=SYSTEM, username="lin", password="correct horse battery", kind="citizen", name="lin")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id="sub_lin", level=2)
    actions.issue_licence(who=SYSTEM, type="elder_card", holder="sub_lin", case_id="", facts=FACTS, valid_until=None, key="k1")
    events.run_due(who=SYSTEM)
    step = Step("service")
    with Visitor(live_server.url) as holder, Visitor(live_server.url) as stranger:
        holder.log_in("lin", "correct horse battery")
        held = next(iter(holder.pages("/api/v1/licence/mine")))
        check_licence(step, holder, stranger, held)
    assert len(step.checks) == 6
    assert [name for name, holds in step.checks if not holds] == []
