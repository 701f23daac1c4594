"""What one group commit knows: rights and meters read in its transaction, and what it adds to them."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import connection

from hunhe.hub.exchange import models
from hunhe.hub.exchange.cases import find_cases
from hunhe.hub.exchange.content import limits
from hunhe.hub.exchange.granting import as_given, bump_edition, lock_edition
from hunhe.hub.exchange.rules.deciding import CaseFact, Plan, Refused, fold, plan_answer
from hunhe.hub.exchange.rules.limits import Limits
from hunhe.hub.exchange.rules.requests import CallRequest
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Grant, Service
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import queries as identity
from hunhe.stone.crypto import key_file, profile
from hunhe.stone.who import Who

_SYSTEM = Who.system("exchange")
_METER = "SELECT used, overreach FROM exchange_meter WHERE grant_id = %s AND day = %s"


class Earlier(Protocol):
    """An earlier call under the same idempotency key."""

    @property
    def digest(self) -> str: ...

    @property
    def entry_id(self) -> str: ...

    @property
    def at(self) -> datetime | None: ...


@dataclass(slots=True)
class _Held:
    """Grants as of one edition: what outlives a batch."""

    edition: int = -1
    grants: dict[tuple[str, str], list[Grant]] = field(default_factory=dict)


_held = _Held()


class Book:
    """Made anew for each batch, inside its transaction. Holding the edition's row, batches of all processes pass one by one."""

    def __init__(self, now: datetime, day: date) -> None:
        self.now, self.day = now, day
        self.limits: Limits = limits()
        edition = lock_edition()
        if _held.edition != edition:
            _held.grants.clear()
            _held.edition = edition
        self._clients: dict[str, Who | None] = {}
        self._plans: dict[tuple[object, ...], Plan] = {}
        self._used: dict[str, int] = {}
        self.uses: defaultdict[str, int] = defaultdict(int)
        self.refusals: defaultdict[str, int] = defaultdict(int)
        self.overreaches: defaultdict[str, int] = defaultdict(int)
        self.failures: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._overreached: dict[str, int] = {}
        self._failed: dict[tuple[str, str], int] = {}
        self._earlier: dict[str, Earlier] = {}
        self._names: set[str] = set()
        self._cases: dict[tuple[str, str], CaseFact] = {}
        self._expected: set[tuple[str, str]] = set()

    def client(self, token: str | None) -> Who | None:
        if token is None:
            return None
        if token not in self._clients:
            self._clients[token] = identity.who_for_token(who=_SYSTEM, token=token)
        return self._clients[token]

    def grants(self, department: str, service: str) -> list[Grant]:
        """Every grant of this department for this service, newest first."""
        key = (department, service)
        found = _held.grants.get(key)
        if found is None:
            rows = models.Grant.objects.filter(department=department, service=service).order_by("-id")[:200]
            served = find_service(service)
            found = _held.grants[key] = [as_given(row, served) for row in rows]
        return found

    def plan(self, service: Service, grant: Grant, request: CallRequest) -> Plan:
        """How to answer this form of request under this grant; the same for the whole batch."""
        key = (service.code, grant.id, request.columns, tuple(request.key))
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = plan_answer(service, grant, request.columns, request.key)
        return found

    def used(self, grant: Grant) -> int:
        if grant.id not in self._used:
            with connection.cursor() as cursor:
                cursor.execute(_METER, [grant.id, connection.ops.adapt_datefield_value(self.day)])
                self._used[grant.id], self._overreached[grant.id] = cursor.fetchone() or (0, 0)
        return self._used[grant.id] + self.uses[grant.id]

    def count_use(self, grant: Grant) -> None:
        self.uses[grant.id] += 1

    def expect(self, client: Who, case: str, key: str | None) -> None:
        """Remember which case and earlier call a request speaks of, to be read for the whole batch at once."""
        if case:
            self._expected.add((client.department or "", case))
        if key is not None:
            self._names.add(f"{client.id}:{key}")

    def look_up(self) -> None:
        """Read the expected cases and earlier calls. A key older than the window is forgotten, and free again."""
        if self._expected:
            self._cases = find_cases(self._expected)
        if not self._names:
            return
        since = self.now - timedelta(hours=self.limits.repeat_hours)
        rows = models.Call.objects.filter(idempotency__in=self._names).only("idempotency", "digest", "entry_id", "at")
        stale = []
        for row in rows:
            if row.at < since:
                stale.append(row.id)
            elif row.idempotency is not None:
                self._earlier[row.idempotency] = row
        if stale:
            models.Call.objects.filter(id__in=stale).update(idempotency=None)

    def case(self, department: str, name: str) -> CaseFact | None:
        return self._cases.get((department, name))

    def earlier(self, client: str, key: str) -> Earlier | None:
        """The call that already used this key."""
        return self._earlier.get(f"{client}:{key}")

    def keep(self, client: str, key: str, call: Earlier) -> None:
        """A call answered in this batch, so that its repetition in the same batch is found."""
        self._earlier[f"{client}:{key}"] = call

    def check_failures(self, client: str, service: str, value: str) -> None:
        """Refused when this caller has guessed too often about this key today."""
        key = (client, subject_digest(service, value))
        if key not in self._failed:
            row = models.Failure.objects.filter(client=client, key=key[1], day=self.day).values_list("count", flat=True).first()
            self._failed[key] = row or 0
        if self._failed[key] + self.failures[key] >= self.limits.failures_per_day:
            raise Refused("too_many_failures")

    def count_failure(self, client: str, service: str, value: str) -> None:
        self.failures[(client, subject_digest(service, value))] += 1

    def count_overreach(self, grant: Grant, now: datetime) -> None:
        """Count a call beyond its grant; at the limit the grant stops, from the next call on, in this batch too."""
        self.used(grant)
        self.overreaches[grant.id] += 1
        if (
            grant.state == "active"
            and self._overreached[grant.id] + self.overreaches[grant.id] >= self.limits.overreach_per_day
        ):
            self._suspend(grant, now)

    def _suspend(self, grant: Grant, now: datetime) -> None:
        models.Grant.objects.filter(id=grant.id).update(state="suspended", reason="overreach", changed_at=now)
        bump_edition()
        held = _held.grants.get((grant.department, grant.service), [])
        held[:] = [replace(other, state="suspended", reason="overreach") if other.id == grant.id else other for other in held]
        events.publish(
            who=_SYSTEM, name="exchange.grant.suspended", aggregate=grant.id, payload={"grant": grant.id, "reason": "overreach"}
        )


def subject_digest(service: str, value: str) -> str:
    """A key's digest under the city's own secret, so that counters do not hold id numbers."""
    crypto = profile(settings.HUNHE_CRYPTO)
    secret = key_file(settings.HUNHE_KEYS, "exchange.failures.key", crypto.new_key)
    return crypto.keyed_digest(secret, f"{service.rsplit('.', 1)[0]}:{fold(value)}".encode()).hex()


def forget() -> None:
    """Read everything anew, as a fresh process would."""
    _held.edition = -1
    _held.grants.clear()
