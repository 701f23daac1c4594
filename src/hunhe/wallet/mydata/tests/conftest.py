"""A city with one person who has an account, consents, notices, a case and a use of their data; and somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client

from conftest import PASSWORD
from hunhe.hub.exchange import models as exchange
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.kernel.identity.models import Account
from hunhe.kernel.notify import actions as notify
from hunhe.stone import clock
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@dataclass
class Person:
    """Somebody with an account and a signed-in browser."""

    who: Who
    client: Client

    @property
    def subject(self) -> str:
        return str(self.who.subject_id)


def person(name: str, subject_id: str) -> Person:
    account = identity.create_account(who=SYSTEM, username=name, password=PASSWORD, kind="citizen", name=name)
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=subject_id, level=2)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return Person(accounts.who_by_account_id(who=SYSTEM, account_id=account.id), client)


@pytest.fixture
def city(prepared_city: None, demo_folder: None) -> Iterator[None]:
    clock.install(lambda: MONDAY)
    yield
    clock.install(None)


@pytest.fixture
def shen(city: None) -> Person:
    found = person("shen.yi", "per_shen")
    consent.give_consent(who=found.who, kind="service.prefill", recipient="civil_affairs")
    notify.send(who=SYSTEM, to_subject="per_shen", title="Your copy is ready", key="one")
    flow.open_case(
        who=found.who,
        procedure="subsidy_application",
        department=None,
        facts={"kind": "低保"},
        subject_id="per_shen",
        origin="subject",
        title="低保申领",
        key="shen",
    )
    use(found, "入学核验")
    return found


@pytest.fixture
def wu(city: None) -> Person:
    found = person("wu.er", "per_wu")
    consent.give_consent(who=found.who, kind="service.prefill", recipient="civil_affairs")
    use(found, "邻居的事")
    return found


def use(of: Person, purpose: str, hold_until: datetime | None = None) -> exchange.Call:
    """A call that was answered about somebody, with its leaf in the log."""
    entry = audit.record(
        who=SYSTEM, act="exchange.call.given", object="call", subject_id=of.subject, detail={"purpose": purpose}
    )
    audit.seal(who=SYSTEM)
    receipt = audit_log.receipt(who=SYSTEM, entry_id=entry)
    return exchange.Call.objects.create(
        id=f"call_{entry}",
        at=clock.now(),
        day=clock.now().date(),
        client="cli",
        department="civil_affairs",
        service="x.lookup",
        resource="x",
        purpose=purpose,
        subject_id=of.subject,
        outcome="given",
        given=["name"],
        hold_until=hold_until.date() if hold_until else None,
        hold_basis="本测试" if hold_until else "",
        entry_id=entry,
        leaf_hash=receipt.leaf_hash,
    )
